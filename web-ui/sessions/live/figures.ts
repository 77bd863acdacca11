import { sampleRateHz } from '../../../host/sessions/protocol/index.ts';
import { BeforeAfter } from '../measure/before-after.ts';
import { LatencyLog } from '../measure/latency-log.ts';
import { spectraOf } from '../measure/spectra.ts';
import type { LiveStore } from './live-store.ts';

const levelsMs = 200;
/** a Welch estimate over a second takes about 10 ms */
const spectraMs = 500;

/** Counts the page’s own figures out to the store while a session runs. */
export class Figures {
  readonly sound = new BeforeAfter();
  readonly latency = new LatencyLog();
  #store: LiveStore;
  #timers: ReturnType<typeof setInterval>[];

  constructor(store: LiveStore) {
    this.#store = store;
    this.#timers = [
      setInterval(() => this.#levels(), levelsMs),
      setInterval(() => this.#spectra(), spectraMs),
    ];
  }

  #levels(): void {
    this.#store.levels = this.sound.levels;
    this.#store.latency = this.latency.table();
    this.#store.changed('levels', 'latency');
  }

  #spectra(): void {
    const { before, after } = this.sound.recent();
    if (before.length < sampleRateHz / 2) return;
    this.#store.spectra = spectraOf(before, after, sampleRateHz);
    this.#store.changed('spectra');
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
