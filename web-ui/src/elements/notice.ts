import { css, html, LitElement } from 'lit';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';

const guardTexts = {
  frozen: 'The supervisor has stopped the output and listens whether the anti-noise was to blame.',
  rolledBack: 'The supervisor has gone back to the last good weights.',
  muted:
    'The supervisor has muted the output after too many roll-backs. Is the secondary path still the right one?',
} as const;

/** What needs attention now: a lost headset, a supervisor that has stepped in. */
export class Notice extends LitElement {
  static override properties = { failure: { state: true } };
  declare failure: string;
  static override styles = [
    base,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
        padding: 8px 14px;
        border-bottom: 1px solid var(--line);
        background: var(--card);
        border-left: 4px solid var(--bad);
      }
      .warn {
        border-left-color: var(--warn);
      }
    `,
  ];

  constructor() {
    super();
    this.failure = '';
    new StoreController(this, store, ['server', 'device', 'telemetry']);
  }

  async #clear(): Promise<void> {
    try {
      await store.send({ command: 'guardClear' });
      this.failure = '';
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  override render() {
    const { device, telemetry, serverConnected } = store;
    if (!serverConnected && device)
      return html`<div role="alert">
        The server does not answer. Is <code>anc serve</code> still running? Looking for it …
      </div>`;
    if (device?.reason && device.state !== 'connected')
      return html`<div role="alert">
        <span>${device.reason.message}.</span><span class="soft">${device.reason.hint ?? ''}</span>
      </div>`;
    if (!telemetry || telemetry.guard === 'normal' || !store.isConnected) return html``;
    const isMuted = telemetry.guard === 'muted';
    return html`<div role="alert" class=${isMuted ? '' : 'warn'}>
      <span>${guardTexts[telemetry.guard]}</span>
      ${isMuted ? html`<button class="primary" @click=${() => void this.#clear()}>Go on</button>` : ''}
      <span class="soft">${this.failure}</span>
    </div>`;
  }
}

customElements.define('anc-notice', Notice);
