import { css, html, LitElement, type TemplateResult } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { api } from '../shared/api-client.ts';
import '../shared/confirm-button.ts';
import { form } from '../shared/form-styles.ts';
import { type PageError, pageErrorOf } from '../shared/page-error.ts';
import type { ListPage } from './views.ts';

export interface Column<T> {
  readonly title: string;
  readonly isNumber?: boolean;
  cell(row: T): TemplateResult | string;
}

const refreshMs = 5000;

/** '2026-03-01T09:30:00Z' → '01/03, 09:30:00', as the reader writes it */
export function time(iso: string | null): string {
  if (iso === null) return '–';
  return new Date(iso).toLocaleString([], {
    ...{ day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    hour12: false,
  });
}

/** A list of the API as a table: newest first, looked at again every few seconds, more on demand. */
export abstract class ListTab<T extends { readonly id: string }> extends LitElement {
  static override properties = {
    rows: { state: true },
    next: { state: true },
    error: { state: true },
    remark: { state: true },
  };
  declare rows: readonly T[] | null;
  declare next: string | null;
  declare error: PageError | null;
  declare remark: string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #hasMore = false;

  static override styles = [
    base,
    card,
    form,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 8px 14px;
        margin-bottom: 8px;
      }
      .bar label {
        display: block;
        font-size: 12px;
        color: var(--soft);
      }
      .bar > div {
        min-width: 150px;
      }
      .scroll {
        position: relative;
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 5px 14px 5px 0;
        text-align: left;
        vertical-align: middle;
        border-bottom: 1px solid var(--grid);
      }
      th {
        font-size: 12px;
        font-weight: 400;
        color: var(--soft);
        white-space: nowrap;
      }
      .figure {
        text-align: right;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      td:last-child,
      th:last-child {
        padding-right: 0;
      }
      .actions {
        display: flex;
        justify-content: flex-end;
        gap: 6px;
      }
      td select {
        width: auto;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--bad);
      }
      .warn {
        color: var(--warn);
      }
      .remark {
        margin: 0 0 8px;
      }
      .remark:empty {
        display: none;
      }
    `,
  ];

  constructor() {
    super();
    this.rows = null;
    this.next = null;
    this.error = null;
    this.remark = '';
    new StoreController(this, api, ['user']);
  }

  /** with its filters, without a page */
  protected abstract get path(): string;
  protected abstract readonly heading: string;
  protected abstract readonly columns: readonly Column<T>[];
  protected abstract actions(row: T): TemplateResult | string;

  /** filters, or a form for a new one */
  protected bar(): TemplateResult | string {
    return '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.#timer = setInterval(() => this.#refresh(), refreshMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  /** Not under someone who has read on, or is about to choose. */
  #refresh(): void {
    const isBusy = this.renderRoot.querySelector('td :focus, td anc-confirm-button:focus-within');
    if (!this.#hasMore && !isBusy && !document.hidden) void this.load();
  }

  /** The first page again. */
  async load(): Promise<void> {
    this.#hasMore = false;
    await this.#get(null);
  }

  async #get(cursor: string | null): Promise<void> {
    const { path } = this;
    const separator = path.includes('?') ? '&' : '?';
    const of = cursor === null ? '' : `&cursor=${cursor}`;
    try {
      const { items, next } = await api.get<ListPage<T>>(`${path}${separator}limit=50${of}`);
      // Someone has chosen another filter meanwhile.
      if (path !== this.path) return;
      this.rows = cursor === null ? items : [...(this.rows ?? []), ...items];
      this.next = next;
      this.error = null;
    } catch (error) {
      this.error = pageErrorOf(error);
    }
  }

  #more(): void {
    this.#hasMore = true;
    void this.#get(this.next);
  }

  /** Does it, says so, and looks again. */
  protected async act(work: () => Promise<unknown>, done: string): Promise<void> {
    this.remark = '';
    try {
      await work();
      await this.load();
      this.remark = done;
    } catch (error) {
      await this.load();
      this.error = pageErrorOf(error);
    }
  }

  override render() {
    const { rows, next, error, columns } = this;
    const classOf = ({ isNumber }: Column<T>) => (isNumber ? 'figure' : '');
    return html`
      ${this.bar()}
      <p class="failure" role="alert">
        ${error ? html`${error.message} <span class="hint">${error.hint ?? ''}</span>` : ''}
      </p>
      <p class="remark soft" role="status">${this.remark}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${this.heading}>
        <table>
          <thead>
            <tr>
              ${columns.map((column) => html`<th scope="col" class=${classOf(column)}>${column.title}</th>`)}
              <th scope="col"><span class="hidden">actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${(rows ?? []).map(
              (row) =>
                html`<tr data-id=${row.id}>
                  ${columns.map((column) => html`<td class=${classOf(column)}>${column.cell(row)}</td>`)}
                  <td><div class="actions">${this.actions(row)}</div></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${rows?.length === 0 ? html`<p class="soft">Nothing here.</p>` : ''}
      ${next === null ? '' : html`<p><button @click=${() => this.#more()}>Older ones</button></p>`}
    `;
  }
}
