import { css, html, LitElement } from 'lit';
import { signed } from '../../src/format.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { form } from '../shared/form-styles.ts';
import { store } from './files-store.ts';

const time = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** What was taken away, and the way to the file. */
export class FileResult extends LitElement {
  static override styles = [
    base,
    card,
    form,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 24px;
      }
      .figure {
        font-size: 40px;
        font-weight: 700;
        line-height: 1;
      }
      .figure small {
        font-size: 18px;
      }
      .what {
        flex: 1 1 220px;
      }
      .bands {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['result', 'state']);
  }

  override render() {
    const { cleaned, recording } = store;
    if (!cleaned || !recording) return html``;
    const { reductionDb, elapsedMs, clippedSamples, spectra } = cleaned;
    const bands = spectra ? [{ ...spectra.low, name: '50–1000' }, ...spectra.octaves] : [];
    return html`
      <div class="row">
        <div class="figure number" data-testid="reduction">
          ${reductionDb === null ? '–' : signed(reductionDb)}<small> dB</small>
        </div>
        <div class="what" role="status">
          <strong>less noise</strong>
          <span class="soft"
            >input over output, all frequencies, the last half of the recording; speech that stays
            counts against it. It took ${time(elapsedMs)}.
            ${clippedSamples > 0 ? `${clippedSamples} samples are clipped in the file.` : ''}</span
          >
        </div>
        <button class="primary large" @click=${() => store.download()}>Download the WAV</button>
      </div>
      <ul class="bands small" aria-label="Less noise by band, dB, the last half, at most 30 s">
        ${bands.map(
          ({ name, db }) =>
            html`<li>
              <span class="soft">${name} Hz</span>
              <strong class="number">${db === null ? '–' : signed(db)}</strong>
            </li>`,
        )}
      </ul>
    `;
  }
}

customElements.define('anc-file-result', FileResult);
