import { css, html, LitElement } from 'lit';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base } from '../styles.ts';

/** Round trip, lost and damaged frames. */
export class LinkStatus extends LitElement {
  static override styles = [
    base,
    css`
      .bad {
        color: var(--bad);
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['link', 'device', 'server', 'telemetry']);
  }

  override render() {
    const { link, telemetry } = store;
    if (!link || !store.isConnected) return html``;
    const lost = Object.values(link.lost).reduce((sum, n) => sum + n, 0);
    const damaged = link.damaged + link.deviceDamaged;
    const trip = link.roundTripMs;
    const cpu = telemetry ? `CPU ${(100 * telemetry.cpuShare).toFixed(0)} %` : '';
    return html`<span
        class="small soft number"
        title="Round trip of a request to the headset: median and 99th percentile of the last 60"
      >
        ${trip ? html`link ${trip.p50.toFixed(1)} / ${trip.p99.toFixed(1)} ms` : ''}
      </span>
      <span
        class="small number ${lost + damaged > 0 ? 'bad' : 'soft'}"
        title="Frames lost and damaged since the headset was connected"
      >
        · ${lost} lost, ${damaged} damaged
      </span>
      <span class="small soft number"> · ${cpu}</span>`;
  }
}

customElements.define('anc-link-status', LinkStatus);
