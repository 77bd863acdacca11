import { css, html, LitElement } from 'lit';
import { base, card } from '../styles.ts';
import type { Backup, FlashState } from './flash-run.ts';

/** How far it is, how it ended, and what to do next. */
export class FlashProgress extends LitElement {
  static override properties = { run: { attribute: false }, backups: { attribute: false } };
  declare run: FlashState;
  declare backups: readonly Backup[];
  static override styles = [
    base,
    card,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      :host([hidden]) {
        display: none;
      }
      progress {
        width: 100%;
        height: 14px;
        accent-color: var(--accent);
      }
      p,
      ol {
        margin: 0;
      }
      ol {
        padding-left: 22px;
        color: var(--soft);
      }
      .end {
        padding: 8px 12px;
        border-left: 4px solid var(--good);
        background: var(--page);
      }
      .bad {
        border-left-color: var(--bad);
      }
      a {
        color: var(--accent);
      }
    `,
  ];

  #save(event: Event, { name, bytes }: Backup): void {
    event.preventDefault();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes as BlobPart]));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  override render() {
    const { run } = this;
    this.hidden = run.state === 'idle' && run.text === '';
    return html`
      ${
        run.state === 'running'
          ? html`<p class="number">${run.text}</p>
              ${
                run.share === null
                  ? html`<progress aria-label="Progress"></progress>`
                  : html`<progress aria-label="Progress" max="1" .value=${run.share}></progress>`
              }
              <ol>
                ${run.steps.map((step) => html`<li>${step}</li>`)}
              </ol>
              <p>
                ${
                  run.isCritical
                    ? 'Do not pull the cable: a cut now leaves a headset that must be flashed again.'
                    : 'A cut now does no harm: the headset starts as before.'
                }
              </p>`
          : ''
      }
      ${run.state === 'idle' ? html`<p role="status">${run.text}</p>` : ''}
      ${
        run.state === 'done'
          ? html`<div class="end" role="status" data-testid="done">${run.text}</div>`
          : ''
      }
      ${
        run.state === 'failed'
          ? html`<div class="end bad" role="alert" data-testid="failed" data-code=${run.code}>
              <p><strong>${run.message}</strong></p>
              <p>${run.hint}</p>
            </div>`
          : ''
      }
      ${this.backups.map(
        (backup) =>
          html`<p>
            Settings from before:
            <a href="#backup" @click=${(event: Event) => this.#save(event, backup)}
              >save ${backup.name}</a
            >
          </p>`,
      )}
    `;
  }
}

customElements.define('anc-flash-progress', FlashProgress);
