import { css, html } from 'lit';
import { scopesOf } from '../../../host/sessions/accounts/permissions.ts';
import { api } from '../shared/api-client.ts';
import { type Column, ListTab, time } from './list-tab.ts';
import type { ApiKeyView } from './views.ts';

const dayMs = 24 * 3600 * 1000;

/** Keys for programs: made here and shown once, revoked here. */
export class KeysTab extends ListTab<ApiKeyView> {
  static override properties = { ...ListTab.properties, created: { state: true } };
  /** the new key in plain, until one leaves */
  declare created: string;
  static override styles = [
    ...ListTab.styles,
    css`
      fieldset {
        margin: 0 0 8px;
        padding: 6px 10px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .scopes {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
      }
      .scopes label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-weight: 400;
      }
      .created {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        padding: 8px 12px;
        margin-bottom: 8px;
        border: 1px solid var(--line);
        border-left: 4px solid var(--good);
        border-radius: 8px;
      }
      code {
        overflow-wrap: anywhere;
      }
    `,
  ];
  protected readonly path = '/api-keys';
  protected readonly heading = 'API keys';
  protected readonly columns: readonly Column<ApiKeyView>[] = [
    { title: 'name', cell: ({ name }) => html`<strong>${name}</strong>` },
    { title: 'key', cell: ({ prefix }) => html`<code>${prefix}…</code>` },
    { title: 'may', cell: ({ scopes }) => scopes?.join(', ') ?? 'all of its user’s role' },
    { title: 'made', cell: ({ createdAt }) => time(createdAt) },
    { title: 'last used', cell: ({ lastUsedAt }) => time(lastUsedAt) },
    { title: 'until', cell: ({ expiresAt }) => (expiresAt ? time(expiresAt) : 'it is revoked') },
    {
      title: 'state',
      cell: ({ revokedAt, expiresAt }) => {
        if (revokedAt) return html`<span class="bad">revoked</span>`;
        const isOver = expiresAt !== null && Date.parse(expiresAt) < Date.now();
        return isOver
          ? html`<span class="warn">expired</span>`
          : html`<span class="good">valid</span>`;
      },
    },
  ];

  constructor() {
    super();
    this.created = '';
  }

  #create(event: SubmitEvent): void {
    event.preventDefault();
    const element = event.target as HTMLFormElement;
    const fields = new FormData(element);
    const days = Number(fields.get('days'));
    const scopes = fields.getAll('scope');
    const wanted = {
      name: String(fields.get('name')),
      scopes: scopes.length > 0 ? scopes : null,
      expiresAt: days > 0 ? new Date(Date.now() + days * dayMs).toISOString() : null,
    };
    this.created = '';
    void this.act(async () => {
      this.created = (await api.post<{ key: string }>('/api-keys', wanted)).key;
      element.reset();
    }, 'The key is made. Copy it now: it is not shown again.');
  }

  protected override bar() {
    const scopes = api.user ? scopesOf(api.user.role) : [];
    return html`
      <form @submit=${(event: SubmitEvent) => this.#create(event)}>
        <div class="bar">
          <div>
            <label for="name">Name of a new key</label>
            <input id="name" name="name" required maxlength="100" />
          </div>
          <div>
            <label for="days">Valid for</label>
            <select id="days" name="days">
              <option value="90">90 days</option>
              <option value="365">a year</option>
              <option value="0">until it is revoked</option>
            </select>
          </div>
          <button class="primary">Make a key</button>
        </div>
        <fieldset>
          <legend class="small soft">What it may; nothing chosen: all that you may</legend>
          <div class="scopes">
            ${scopes.map(
              (scope) =>
                html`<label><input type="checkbox" name="scope" value=${scope} />${scope}</label>`,
            )}
          </div>
        </fieldset>
      </form>
      ${
        this.created
          ? html`<div class="created">
              <code data-testid="new-key">${this.created}</code>
              <button @click=${() => void navigator.clipboard.writeText(this.created)}>Copy</button>
            </div>`
          : ''
      }
    `;
  }

  protected actions({ id, name, revokedAt }: ApiKeyView) {
    if (revokedAt) return '';
    return html`<anc-confirm-button
      text="Revoke"
      about=${name}
      @confirmed=${() => void this.act(() => api.delete(`/api-keys/${id}`), `${name} is revoked.`)}
    ></anc-confirm-button>`;
  }
}

customElements.define('anc-keys-tab', KeysTab);
