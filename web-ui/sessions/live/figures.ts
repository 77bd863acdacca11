import { sampleRateHz } from '../../../host/sessions/protocol/index.ts';
import { BeforeAfter } from '../measure/before-after.ts';
import { LatencyLog } from '../measure/latency-log.ts';
import { spectraOf } from '../measure/spectra.ts';
import type { LiveStore } from './live-store.ts';

const levelsMs = 200;
const spectraMs = 600;

/** A Welch estimate over a second takes about 10 ms. */
export function showSpectra(store: LiveStore, before: Float64Array, after: Float64Array): void {
  if (before.length < sampleRateHz / 2) return;
  store.spectra = spectraOf(before, after, sampleRateHz);
  store.changed('spectra');
}

/** What the page measures itself, counted out to the store while a session runs. */
export class Figures {
  readonly sound = new BeforeAfter();
  readonly latency = new LatencyLog();
  #timers: ReturnType<typeof setInterval>[];

  constructor(store: LiveStore) {
    const levels = () => {
      store.levels = this.sound.levels;
      store.latency = this.latency.table();
      store.changed('levels', 'latency');
    };
    const spectra = () => {
      const { before, after } = this.sound.recent();
      showSpectra(store, before, after);
    };
    this.#timers = [setInterval(levels, levelsMs), setInterval(spectra, spectraMs)];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
