import type { ControllerOptions } from './controller.ts';
import {
  nearestFilter,
  spectrumDistanceDb,
  spectrumOf,
  SPECTRUM_SAMPLES,
} from './filter-library.ts';
import type { StoredFilter } from './filter-library.ts';
import { FxNlms } from './fxnlms.ts';

/** Another filter has to be nearer than the last choice by this much, so many spectra in a row. */
const MARGIN_DB = 3;
const PATIENCE = 3;
/** Further than this from what is stored is new noise. */
const NEW_DB = 6;
/** A filter is worth storing when it takes away this much, in power, over a window … */
const WORTH = 10 ** 0.6;
/** … after so many windows of one noise. */
const SETTLED_WINDOWS = 24;
const LIBRARY_MAX = 16;
/** What the mean spectrum keeps of the old. */
const KEEP_SPECTRUM = 0.8;
/** Samples between two looks at the attenuation. */
const LOOK_PERIOD = 16;
/** A chosen filter is faded to in so many steps of LOOK_PERIOD samples: 10 ms at 48 kHz. */
const FADE_STEPS = 30;

export interface SelectiveOptions extends ControllerOptions {
  /** filters learned before with `taps` weights each; others are left out */
  readonly library?: readonly StoredFilter[];
}

/**
 * Selective fixed filter: after the first SPECTRUM_SAMPLES samples (85 ms at 48 kHz) of sound the stored filter whose spectrum
 * is nearest to that of the reference goes to work at once, and FxNLMS goes on from there. When the noise changes, it
 * chooses again. What it has learned on noise that is far from all that it knows goes into its library.
 * (Shi, Gan, Lam, Wen and Shi, IEEE/ACM Trans. Audio Speech Lang. Process. 28, 2020, 1479–1492.)
 * `stepSize` µ of FxNLMS, default 0.004. It starts with an empty library where none is given.
 */
export class Selective extends FxNlms {
  private readonly sampleRateHz: number;
  private readonly filters: StoredFilter[];
  private readonly heard = new Float64Array(SPECTRUM_SAMPLES);
  private index = 0;
  private chosen: StoredFilter | null = null;
  private hasChosen = false;
  private rivalFor = 0;
  private mean: Float64Array | null = null;
  private windows = 0;
  private fadeLeft = 0;
  private errorPower = 0;
  private disturbancePower = 0;

  constructor(options: SelectiveOptions) {
    super(options);
    this.sampleRateHz = options.sampleRateHz;
    this.filters = (options.library ?? []).filter((f) => f.weights.length === options.taps);
  }

  /** What it was given and what it has learned, to be given to the next. */
  get library(): readonly StoredFilter[] {
    return this.filters;
  }

  /** Name of the stored filter that it last went on from; null: none. */
  get choice(): string | null {
    return this.chosen?.name ?? null;
  }

  /** The filter as it is now, with the mean spectrum of what was heard; null before the first spectrum. */
  snapshot(name: string): StoredFilter | null {
    if (!this.mean) return null;
    return { name, spectrumDb: this.mean.slice(), weights: this.weights.slice() };
  }

  protected override play(reference: number): number {
    this.heard[this.index] = reference;
    return super.play(reference);
  }

  protected override learn(error: number, played: number, isHeld: boolean): void {
    super.learn(error, played, isHeld);
    if (this.fadeLeft > 0 && this.index % LOOK_PERIOD === 0) this.fade();
    if (++this.index < SPECTRUM_SAMPLES) return;
    this.index = 0;
    const spectrum = spectrumOf(this.heard, this.sampleRateHz);
    if (spectrum) this.consider(spectrum);
    this.errorPower = 0;
    this.disturbancePower = 0;
  }

  protected override descend(error: number): void {
    if (this.index % LOOK_PERIOD === 0) {
      // e − wᵀx̂ is the disturbance as long as w changes slowly
      this.errorPower += error * error;
      this.disturbancePower += (error - this.filter.filteredOutput()) ** 2;
    }
    super.descend(error);
  }

  private consider(spectrum: Float64Array): void {
    this.average(spectrum);
    const nearest = nearestFilter(this.filters, spectrum);
    if (nearest && this.isBetter(nearest.filter, nearest.distanceDb, spectrum)) {
      this.chosen = nearest.filter;
      this.fadeLeft = FADE_STEPS;
    }
    this.hasChosen = true;
    if (this.disturbancePower > WORTH * this.errorPower) this.store();
  }

  private isBetter(filter: StoredFilter, distanceDb: number, spectrum: Float64Array): boolean {
    if (!this.hasChosen) return true;
    const present = this.chosen ? spectrumDistanceDb(this.chosen.spectrumDb, spectrum) : Infinity;
    const isRival = filter.name !== this.choice && distanceDb + MARGIN_DB < present;
    this.rivalFor = isRival && distanceDb < NEW_DB ? this.rivalFor + 1 : 0;
    if (this.rivalFor < PATIENCE) return false;
    this.rivalFor = 0;
    return true;
  }

  private average(spectrum: Float64Array): void {
    if (!this.mean || spectrumDistanceDb(this.mean, spectrum) > 2 * NEW_DB) {
      this.mean = spectrum.slice();
      this.windows = 0;
    }
    this.windows++;
    const { mean } = this;
    for (let i = 0; i < mean.length; i++) {
      mean[i] = KEEP_SPECTRUM * mean[i]! + (1 - KEEP_SPECTRUM) * spectrum[i]!;
    }
  }

  /** New noise is added; on known noise the better filter takes the place of the old. */
  private store(): void {
    if (!this.mean || this.windows < SETTLED_WINDOWS) return;
    const nearest = nearestFilter(this.filters, this.mean);
    if (nearest && nearest.distanceDb <= NEW_DB) {
      const at = this.filters.indexOf(nearest.filter);
      const better = { ...nearest.filter, weights: this.weights.slice() };
      this.filters[at] = better;
      this.chosen = better;
    } else if (this.filters.length < LIBRARY_MAX) {
      this.chosen = this.snapshot(`learned-${this.filters.length + 1}`)!;
      this.filters.push(this.chosen);
    }
  }

  private fade(): void {
    const { weights, chosen } = this;
    if (!chosen) return;
    for (let i = 0; i < weights.length; i++) {
      weights[i]! += (chosen.weights[i]! - weights[i]!) / this.fadeLeft;
    }
    this.fadeLeft--;
  }
}
