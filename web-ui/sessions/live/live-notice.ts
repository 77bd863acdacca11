import { css, html, LitElement } from 'lit';
import { StoreController } from '../../src/store-controller.ts';
import { base } from '../../src/styles.ts';
import { store } from './live-store.ts';

/** What needs attention now. */
export class LiveNotice extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        padding: 9px 14px;
        border-bottom: 1px solid var(--line);
        border-left: 4px solid var(--accent);
        background: var(--card);
      }
      .bad {
        border-left-color: var(--bad);
      }
      .warn {
        border-left-color: var(--warn);
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['session', 'noise']);
  }

  #message() {
    const { phase, error, remark, microphone } = store.view;
    if (error)
      return html`<div class="bad" role="alert">
        <strong>${error.message}</strong><span class="soft">${error.hint ?? ''}</span
        ><code class="soft small">${error.code}</code>
      </div>`;
    if (phase.kind === 'reconnecting')
      return html`<div class="warn" role="alert" data-testid="reconnecting">
        <strong>The connection is gone; looking for it, attempt ${phase.attempt}.</strong>
        <span class="soft">${phase.why}. The session goes on when it is back.</span>
      </div>`;
    if (store.noise?.emergency && store.isRunning)
      return html`<div class="bad" role="alert">
        <strong>A siren or an alarm: take a look around.</strong>
      </div>`;
    if (remark) return html`<div role="status">${remark}</div>`;
    if (microphone?.processing.length && store.isRunning)
      return html`<div class="warn" role="status">
        The browser works on the microphone although it was asked not to:
        ${microphone.processing.join(', ')}. The figures hold for what it leaves.
      </div>`;
    return html``;
  }

  override render() {
    return this.#message();
  }
}

customElements.define('anc-live-notice', LiveNotice);
