import { css, html, LitElement } from 'lit';
import { band, db, signed } from '../format.ts';
import { StoreController } from '../store-controller.ts';
import { store } from '../store.ts';
import { base, card } from '../styles.ts';

/** The large figure with all that makes it true: band, method, and the bound beside it. */
export class Headline extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px 26px;
      }
      .figure {
        font-size: 52px;
        font-weight: 700;
        line-height: 1;
        white-space: nowrap;
      }
      .figure small {
        font-size: 22px;
        font-weight: 600;
      }
      .what {
        max-width: 300px;
      }
      .what strong {
        display: block;
      }
      table {
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 1px 9px;
        text-align: right;
        font-weight: 400;
      }
      td {
        font-weight: 600;
      }
      th:first-child,
      td:first-child {
        text-align: left;
        padding-left: 0;
        font-weight: 400;
        color: var(--soft);
      }
      th {
        color: var(--soft);
      }
      .bad {
        color: var(--bad);
      }
      .method {
        margin: 6px 0 0;
      }
      anc-mode-switch {
        margin-left: auto;
      }
      @media (max-width: 700px) {
        .figure {
          font-size: 44px;
        }
        anc-mode-switch {
          margin: 0;
          order: -1;
        }
        th,
        td {
          padding: 1px 6px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['analysis', 'telemetry', 'device', 'server', 'parameters']);
  }

  #what() {
    const { analysis } = store;
    const mode = store.parameters.get('mode')?.value;
    if (!store.isConnected)
      return html`<strong>no headset</strong
        ><span class="soft">what is shown is from before</span>`;
    if (mode !== 'anc')
      return html`<strong>ANC is off</strong
        ><span class="soft">the curves of ANC on are from the last time it ran</span>`;
    if (!analysis?.headline)
      return html`<strong>listening</strong
        ><span class="soft">the first figure takes a moment</span>`;
    const how =
      analysis.offMethod === 'measured' ? 'off was measured' : 'off is the headset’s own estimate';
    return html`<strong>attenuation, ${band(analysis.headline.band)}</strong>
      <span class="soft">at the error microphone; ${how}</span>
      ${analysis.bound ? html`<span class="soft"> · bound ${db(analysis.bound.db)} (${analysis.bound.label})</span>` : ''}`;
  }

  override render() {
    const { analysis, telemetry } = store;
    const isLive = store.isConnected && store.parameters.get('mode')?.value === 'anc';
    const figure = isLive ? (analysis?.headline?.db ?? null) : null;
    const level = (value: number | undefined) => (value === undefined ? '–' : signed(value));
    return html`
      <div class="row">
        <div class="figure number" data-testid="attenuation">
          ${figure === null ? '–' : signed(figure)}<small> dB</small>
        </div>
        <div class="what">${this.#what()}</div>
        <table class="number" aria-label="Attenuation by octave">
          <thead>
            <tr>
              <th scope="col">octave, Hz</th>
              ${(analysis?.octaves ?? []).map(({ band: name }) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">dB</th>
              ${(analysis?.octaves ?? []).map(({ db: value }) => html`<td class=${value < -0.5 ? 'bad' : ''}>${signed(value)}</td>`)}
            </tr>
          </tbody>
        </table>
        <div class="number small">
          <div>
            error <strong data-testid="error-level">${level(telemetry?.errorDb)}</strong> dBFS
          </div>
          <div class="soft">off ${level(telemetry?.offDb)} dBFS</div>
          <div class="soft">output ${level(telemetry?.outputDb)} dBFS</div>
        </div>
        <anc-mode-switch></anc-mode-switch>
      </div>
      <p class="method small soft">${analysis?.method ?? ''}</p>
    `;
  }
}

customElements.define('anc-headline', Headline);
