import { fft } from '../../fft.ts';
import { A_WEIGHTING_DB, OCTAVE_COUNT, placesOfBins, weightingOfBins } from './bands.ts';
import { Effort } from './effort.ts';
import { FirForm } from './filter-form.ts';
import type { FilterForm } from './filter-form.ts';
import { complex, inverse } from './statistics.ts';
import type { Complex, Layout, Statistics } from './statistics.ts';

/** The error is weighted by a high-pass: what is lower is neither heard nor played by a small driver. */
export const CUTOFF_HZ = 30;
/** No octave may be made louder than off by more than this … */
const ALLOWED_DB = 0.3;
/** … unless, with the constraint `heard`, it stays below this share of the A-weighted power of all octaves when off: nobody hears that. */
const UNHEARD = 0.01;
/** What lies below 44 Hz is not watched. */
const FIRST_WATCHED = 1;
/** A step of the dual ascent: dB of weight for each dB of excess, and the most at once. */
const RAISE = { share: 1, mostDb: 3 } as const;
const LOWER = { share: 0.3, mostDb: 0.5 } as const;
const WEIGHT_MAX_DB = 80;
/**
 * Estimated correlations need not be positive semidefinite, and where they are not, the filter is noise. The prediction
 * error shows it, and more loading cures it: it rises at once and falls slowly.
 */
const LOADING_RISE = 4;
const LOADING_FALL = 0.8;
const LOADING_MAX = 1;
const FLOOR_SHARE = 0.5;

/** Which octaves may get louder than off: those that nobody hears, or none. */
export type Constraint = 'heard' | 'strict';

export interface DesignOptions {
  /** default `heard` */
  readonly constraint?: Constraint;
  /** largest magnitude of the drive; default none */
  readonly outputLimit?: number;
  /** weight of the effort to begin with, and without a limit to stay, dB; default none */
  readonly effortDb?: number;
  /** reaches over layout.taps; default an FIR */
  readonly form?: FilterForm;
}

/**
 * The best causal filter for given statistics: it minimises the mean square error subject to no octave from 63 Hz to
 * 16 kHz getting louder than without it as far as the constraint says, and to little of the drive being cut off. The
 * Lagrangian of that is a weighted error with one weight an octave, and an effort: a design is a Toeplitz system with
 * weighted correlations, and one step of dual ascent on the weights.
 */
export class Design {
  /** of the error's power, dB above the rest, one an octave; ≥ 0 */
  readonly weightsDb = new Float64Array(OCTAVE_COUNT);
  /** predicted level an octave with the last filter over what it may be at most without, dB */
  readonly excessDb = new Float64Array(OCTAVE_COUNT);
  readonly effort: Effort;
  private loading = 0;
  private readonly layout: Layout;
  private readonly constraint: Constraint;
  private readonly places: Float64Array;
  private readonly parzen: Float64Array;
  private readonly form: FilterForm;

  constructor(layout: Layout, sampleRateHz: number, options: DesignOptions = {}) {
    this.layout = layout;
    this.constraint = options.constraint ?? 'heard';
    this.effort = new Effort(layout, options.outputLimit ?? Infinity, options.effortDb);
    this.places = placesOfBins(layout.size, sampleRateHz);
    this.parzen = parzenWindow(layout);
    this.form = options.form ?? new FirForm(layout.taps);
  }

  clear(): void {
    this.weightsDb.fill(0);
    this.excessDb.fill(0);
    this.effort.clear();
  }

  /** The octaves keep what they are allowed within so much, and no weight is there in vain. */
  isSettled(withinDb: number): boolean {
    return this.excessDb.every(
      (excessDb, i) =>
        i < FIRST_WATCHED ||
        (excessDb <= withinDb && (this.weightsDb[i] === 0 || excessDb >= -withinDb)),
    );
  }

  /**
   * The filter for the present weights; then moves the weights.
   * @param regularisation white loading, relative to the power of the filtered reference
   * @returns null when there is nothing to solve for (silence)
   */
  solve(statistics: Statistics, regularisation: number): Float64Array | null {
    const { r, c } = this.loadedCorrelations(statistics);
    const power = r[0]!;
    this.loading = Math.max(regularisation, this.loading * LOADING_FALL);
    for (; this.loading <= LOADING_MAX; this.loading *= LOADING_RISE) {
      const floor = this.loading * power;
      r[0] = power + floor;
      const filter = this.form.solve(r, c, FLOOR_SHARE * floor);
      if (!filter) continue;
      const spectrum = complex(this.layout.size);
      spectrum.re.set(filter);
      fft(spectrum.re, spectrum.im);
      const left = this.predict(statistics, spectrum);
      this.moveWeights();
      this.effort.move(spectrum, statistics.power, left);
      return filter;
    }
    return null;
  }

  private loadedCorrelations(statistics: Statistics): { r: Float64Array; c: Float64Array } {
    const { taps, size } = this.layout;
    const lags = statistics.correlations();
    const power = lags.re[0]!;
    if (this.weightsDb.some((w) => w > 0)) {
      fft(lags.re, lags.im);
      const weighting = this.weightingSpectrum();
      for (let k = 0; k < size; k++) {
        lags.re[k]! *= weighting[k]!;
        lags.im[k]! *= weighting[k]!;
      }
      inverse(lags);
    }
    const r = lags.re.slice(0, taps);
    this.effort.load(r, power, statistics.power.x);
    return { r, c: lags.im.slice(0, taps).map((v) => -v) };
  }

  /** Smoothed by a Parzen window over ±margin lags, whose transform has no negative values: nor has this. */
  private weightingSpectrum(): Float64Array {
    const { size } = this.layout;
    const half = weightingOfBins(this.weightsDb, this.places);
    const z = complex(size);
    for (let k = 0; k < size; k++) z.re[k] = half[Math.min(k, size - k)]!;
    inverse(z);
    for (let lag = 0; lag < size; lag++) z.re[lag]! *= this.parzen[Math.min(lag, size - lag)]!;
    z.im.fill(0);
    fft(z.re, z.im);
    return z.re;
  }

  private moveWeights(): void {
    for (let i = FIRST_WATCHED; i < OCTAVE_COUNT; i++) {
      const excessDb = this.excessDb[i]!;
      const stepDb =
        excessDb > 0
          ? Math.min(RAISE.mostDb, RAISE.share * excessDb)
          : Math.max(-LOWER.mostDb, LOWER.share * excessDb);
      this.weightsDb[i] = Math.max(0, Math.min(WEIGHT_MAX_DB, this.weightsDb[i]! + stepDb));
    }
  }

  /** E = D + W·F in every bin, its power summed over octaves, beside what is allowed there. Returns that of all. */
  private predict(statistics: Statistics, filter: Complex): number {
    const { size } = this.layout;
    const on = new Float64Array(OCTAVE_COUNT);
    const off = new Float64Array(OCTAVE_COUNT);
    const { f, d, crossRe, crossIm } = statistics.power;
    for (let k = 1; k <= size / 2; k++) {
      const [re, im] = [filter.re[k]!, filter.im[k]!];
      // what is below the first octave or above the last counts to that
      const octave = Math.round(this.places[k]!);
      off[octave]! += d[k]!;
      on[octave]! +=
        d[k]! + 2 * (re * crossRe[k]! + im * crossIm[k]!) + (re * re + im * im) * f[k]!;
    }
    const allowed = allowedPower(off, this.constraint);
    for (let i = 0; i < OCTAVE_COUNT; i++) {
      this.excessDb[i] =
        allowed[i]! > 0 ? 10 * Math.log10(Math.max(1e-12, on[i]! / allowed[i]!)) : 0;
    }
    return on.reduce((sum, power) => sum + power, 0);
  }
}

/**
 * What each octave may have at most.
 * @param off power of the octaves without the canceller, from 31.5 Hz
 */
export function allowedPower(
  off: ArrayLike<number>,
  constraint: Constraint = 'heard',
): Float64Array {
  const heard = A_WEIGHTING_DB.map((db) => 10 ** (db / 10));
  const total = heard.reduce((sum, gain, i) => sum + gain * off[i]!, 0);
  const unheard = constraint === 'heard' ? UNHEARD * total : 0;
  return Float64Array.from(heard, (gain, i) =>
    Math.max(off[i]! * 10 ** (ALLOWED_DB / 10), unheard / gain),
  );
}

/** Over 0..size/2 lags, nothing beyond the margin. */
function parzenWindow({ margin, size }: Layout): Float64Array {
  return Float64Array.from({ length: size / 2 + 1 }, (_, lag) => {
    const t = lag / margin;
    return t >= 1 ? 0 : t < 0.5 ? 1 - 6 * t * t * (1 - t) : 2 * (1 - t) * (1 - t) * (1 - t);
  });
}
