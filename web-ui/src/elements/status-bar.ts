import { css, html, LitElement } from 'lit';
import { duration } from '../format.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';
import './theme-button.ts';

const stateTexts = {
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'disconnected, looking for it',
  disconnected: 'disconnected',
} as const;

/** Which headset, in what state, and the way to the other theme. */
export class StatusBar extends LitElement {
  static override styles = [
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
        min-height: 50px;
        padding: 6px 14px;
        background: var(--card);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        margin: 0;
        font-size: 16px;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 7px;
        font-weight: 600;
      }
      .state::before {
        content: '';
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--warn);
      }
      .connected::before {
        background: var(--good);
      }
      .disconnected::before,
      .reconnecting::before {
        background: var(--bad);
      }
      a {
        color: var(--accent);
      }
      .about {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 700px) {
        .about {
          flex-basis: 100%;
          order: 3;
        }
        anc-link-status {
          display: none;
        }
        h1 {
          flex: 1;
        }
      }
    `,
  ];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new StoreController(this, store, ['server', 'device']);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // "for 12 s" counts on while nothing else happens.
    this.#timer = setInterval(() => !store.isConnected && this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  #state(): { name: string; text: string } {
    const { device, serverConnected, clockOffsetMs } = store;
    if (!serverConnected) return { name: 'disconnected', text: 'no connection to the server' };
    if (!device) return { name: 'connecting', text: 'connecting' };
    const seconds = (Date.now() + clockOffsetMs - device.sinceMs) / 1000;
    const since = device.state === 'connected' ? '' : ` (${duration(seconds)})`;
    return { name: device.state, text: stateTexts[device.state] + since };
  }

  override render() {
    const { device } = store;
    const info = device?.info;
    const { name, text } = this.#state();
    const latency = info ? ((1000 * info.addedLatencySamples) / info.sampleRateHz).toFixed(2) : '';
    return html`
      <header>
        <h1>ANC panel</h1>
        <span class="state ${name}" role="status" data-state=${name}>${text}</span>
        <span class="about soft" title=${device?.uri ?? ''}>
          ${
            info
              ? html`${info.board} · ${info.serialNumber} · firmware ${info.firmwareVersion} ·
                ${info.sampleRateHz / 1000} kHz · loop ${latency} ms`
              : (device?.uri ?? '')
          }
        </span>
        <anc-link-status></anc-link-status>
        <a href="flash.html">Flash</a>
        <anc-theme-button></anc-theme-button>
      </header>
    `;
  }
}

customElements.define('anc-status-bar', StatusBar);
