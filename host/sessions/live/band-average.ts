import { decibel } from './decibel.ts';
import type { BandLevels } from './session-directory.ts';
import { octaveCentresHz } from './worker/octave-centres.ts';

/** Mean squares of the octaves over some seconds. */
export class BandAverage {
  readonly #sums = new Float64Array(2 * octaveCentresHz.length);
  #seconds = 0;

  add(bands: Float64Array): void {
    for (let i = 0; i < bands.length; i += 1) this.#sums[i]! += bands[i]!;
    this.#seconds += 1;
  }

  /** Also begins again. */
  take(): BandLevels[] {
    const level = (i: number) =>
      this.#seconds > 0 ? decibel(this.#sums[i]! / this.#seconds) : null;
    const levels = octaveCentresHz.map((centreHz, i) => ({
      centreHz,
      inputDbfs: level(2 * i),
      outputDbfs: level(2 * i + 1),
    }));
    this.#sums.fill(0);
    this.#seconds = 0;
    return levels;
  }
}
