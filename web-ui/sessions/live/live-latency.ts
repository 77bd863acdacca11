import { css, html, LitElement } from 'lit';
import { sampleRateHz } from '../../../host/sessions/protocol/index.ts';
import { StoreController } from '../../src/store-controller.ts';
import { base, card } from '../../src/styles.ts';
import { latencyParts, type LatencyPart, type LatencyRow } from '../measure/latency-log.ts';
import { type Mode, store } from './live-store.ts';

const names: Readonly<Record<LatencyPart, string>> = {
  capture: 'Capture',
  upload: 'Upload',
  queue: 'Queue',
  filter: 'Filter',
  download: 'Download',
  jitterBuffer: 'Jitter buffer',
  playback: 'Playback',
};

const serverMethods: Readonly<Record<LatencyPart, string>> = {
  capture:
    'from the chunk’s first sample at the microphone until it is sent: 10.7 ms to fill 512 samples, the sound device’s bursts, the way to the sender, and what the browser says about the microphone',
  upload:
    'sent by the page to received by the server; clocks by the fastest chunk or ping of the last 30 s',
  queue: 'received to filtered, by the server, in each frame',
  filter: 'the canceller, by the server, in each frame',
  download: 'sent by the server to received by the page',
  jitterBuffer: 'received by the page to taken by the playback worklet',
  playback: 'taken to heard, by the browser’s output timestamp',
};

const localMethods: Readonly<Partial<Record<LatencyPart, string>>> = {
  capture: 'a block of 128 samples, and what the browser says about the microphone',
  filter: 'the same canceller, timed on this machine when the session began',
  playback: 'rendered to heard, by the browser’s output timestamp',
};

const methods: Readonly<Record<Mode, Readonly<Partial<Record<LatencyPart, string>>>>> = {
  server: serverMethods,
  local: localMethods,
};

const ms = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));
const samplesMs = (samples: number) => ((1000 * samples) / sampleRateHz).toFixed(1);

/** Where the time goes between microphone and loudspeaker, part by part. */
export class LiveLatency extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .scroll {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        margin-top: 6px;
      }
      th,
      td {
        padding: 3px 10px 3px 0;
        text-align: left;
        font-weight: 400;
        vertical-align: baseline;
      }
      thead th {
        color: var(--soft);
        font-size: 12px;
      }
      tbody th {
        font-weight: 600;
        white-space: nowrap;
      }
      .figure {
        text-align: right;
        width: 64px;
      }
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--line);
        font-weight: 700;
      }
      tfoot td:last-child {
        font-weight: 400;
      }
      p {
        margin: 8px 0 0;
      }
      @media (max-width: 700px) {
        tr {
          display: grid;
          grid-template-columns: minmax(0, 1fr) 64px 64px;
        }
        .how {
          grid-column: 1 / -1;
        }
        thead .how {
          display: none;
        }
        tfoot tr {
          border-top: 1px solid var(--line);
        }
        tfoot th,
        tfoot td {
          border: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    new StoreController(this, store, ['latency', 'session']);
  }

  #row(part: LatencyPart, row: LatencyRow | undefined) {
    return html`<tr data-part=${part}>
      <th scope="row">${names[part]}</th>
      <td class="figure number" data-testid="latency-${part}">${ms(row?.p50Ms)}</td>
      <td class="figure number">${ms(row?.p95Ms)}</td>
      <td class="how small soft">${methods[store.mode][part]}</td>
    </tr>`;
  }

  override render() {
    const { latency, jitter, mode, unsent } = store;
    const parts = latencyParts.filter((part) => methods[mode][part] !== undefined);
    const difference = latency ? latency.sumMs - latency.total.meanMs : null;
    return html`
      <h2>Latency, ms</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">part</th>
              <th scope="col" class="figure">p50</th>
              <th scope="col" class="figure">p95</th>
              <th scope="col" class="how">how it is measured</th>
            </tr>
          </thead>
          <tbody>
            ${parts.map((part) => this.#row(part, latency?.parts[part]))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td class="figure number" data-testid="latency-total">${ms(latency?.total.p50Ms)}</td>
              <td class="figure number">${ms(latency?.total.p95Ms)}</td>
              <td class="how small soft">
                ${
                  mode === 'server'
                    ? 'apart from the parts, by the audio clock alone: frame played minus frame captured, and the latencies that the browser reports'
                    : 'apart from the parts: what the browser reports of microphone, buffer and sound device; the filter runs within a block of it'
                }${
                  difference === null
                    ? ''
                    : html`; the parts’ means add up to
                        <span class="number" data-testid="latency-sum">${ms(latency!.sumMs)}</span>
                        of <span data-testid="latency-mean">${ms(latency!.total.meanMs)}</span>`
                }
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="small soft number" data-testid="jitter">
        ${latency ? html`Over the last ${latency.chunks} chunks. ` : 'No chunk has been heard yet. '}
        ${
          jitter && mode === 'server'
            ? html`Jitter buffer: ${samplesMs(jitter.delaySamples)} ms of
              ${samplesMs(jitter.targetSamples)} wanted, ${jitter.underruns} underruns,
              ${jitter.skips} skips, ${jitter.lost} lost, ${unsent} not sent.`
            : ''
        }
      </p>
    `;
  }
}

customElements.define('anc-live-latency', LiveLatency);
