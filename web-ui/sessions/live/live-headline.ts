import { css, html, LitElement, nothing } from 'lit';
import { signed } from '../../src/format.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import '../shared/level-meter.ts';
import { store } from './live-store.ts';

/** of the chunks; more are heard */
const dropShare = 0.01;

const noiseTexts = {
  quiet: 'quiet',
  hum: 'hum',
  broadband: 'broadband noise',
  speech: 'speech',
  impulse: 'knocks and clicks',
  siren: 'siren or alarm',
} as const;

/** The large figure with what makes it true: band, method, canceller. */
export class LiveHeadline extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .row {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) minmax(260px, 1fr);
        gap: 8px 24px;
        align-items: center;
      }
      .figure {
        font-size: 46px;
        font-weight: 700;
        line-height: 1;
        white-space: nowrap;
        min-width: 150px;
      }
      .figure small {
        font-size: 20px;
        font-weight: 600;
      }
      .what strong {
        display: block;
      }
      .meters {
        display: grid;
        gap: 6px;
      }
      .bands {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin: 10px 0 0;
        padding: 0;
        list-style: none;
      }
      .bands strong {
        font-weight: 600;
      }
      .bad {
        color: var(--bad);
      }
      .ability {
        margin: 8px 0 0;
      }
      @media (max-width: 700px) {
        .row {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, [
      'session',
      'settings',
      'levels',
      'spectra',
      'noise',
      'stats',
    ]);
  }

  #what() {
    if (!store.isRunning)
      return html`<strong>not running</strong
        ><span class="soft"
          >${store.levels ? 'what is shown is from before' : 'start a session'}</span
        >`;
    if (!store.isOn)
      return html`<strong>canceller off</strong
        ><span class="soft">the same way and delay, nothing is taken away</span>`;
    return html`<strong>less noise, 20 Hz–24 kHz</strong>
      <span class="soft"
        >input over output, mean squares of the last second; speech that stays counts against
        it</span
      >`;
  }

  override render() {
    const { levels, spectra, stats, noise, view } = store;
    const db = levels?.cancellationDb ?? null;
    const change = (name: string, value: number | null) =>
      html`<li class="small">
        <span class="soft">${name}</span>
        <strong class="number ${value !== null && value < -0.5 ? 'bad' : ''}"
          >${value === null ? '–' : signed(value)}</strong
        >
      </li>`;
    return html`
      <div class="row">
        <div class="figure number" data-testid="cancellation">
          ${db === null ? '–' : signed(db)}<small> dB</small>
        </div>
        <div class="what">${this.#what()}</div>
        <div class="meters">
          <anc-level-meter label="Input" colour="off" .value=${levels?.inputDbfs ?? null}>
          </anc-level-meter>
          <anc-level-meter label="Output" colour="on" .value=${levels?.outputDbfs ?? null}>
          </anc-level-meter>
        </div>
      </div>
      <ul class="bands" aria-label="Less noise by band, dB">
        ${
          spectra
            ? html`${change('50–1000 Hz', spectra.low.db)}
              ${spectra.octaves.map(({ name, db: value }) => change(`${name} Hz`, value))}`
            : nothing
        }
      </ul>
      <p class="ability small soft">
        <span data-testid="ability">${view.ability}</span>
        ${
          store.mode === 'local'
            ? 'The noise is classified on the server only.'
            : html`Noise:
                <strong data-testid="noise">${noise ? noiseTexts[noise.kind] : '–'}</strong>${
                  noise ? ` (${Math.round(100 * noise.confidence)} % sure)` : ''
                }. `
        }
        ${
          stats
            ? html`<span class="number" data-testid="server-figures"
                >The server says
                <span data-testid="server-cancellation"
                  >${stats.cancellationDb === null ? '–' : signed(stats.cancellationDb)}</span
                >
                dB; ${stats.chunksProcessed} chunks, ${stats.chunksDropped} dropped,
                ${stats.chunksFilled} filled, ${stats.chunksRefused} refused.
                ${
                  stats.chunksDropped > dropShare * stats.chunksProcessed
                    ? 'They come unevenly: a larger buffer size keeps them.'
                    : ''
                }</span
              >`
            : ''
        }
      </p>
    `;
  }
}

customElements.define('anc-live-headline', LiveHeadline);
