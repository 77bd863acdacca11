import { fft } from '../../fft.ts';
import { OUTPUT_LIMIT } from '../controller.ts';
import type { Controller, ControllerOptions } from '../controller.ts';
import { HighPass } from '../high-pass.ts';
import { CUTOFF_HZ, Design } from './design.ts';
import type { Constraint } from './design.ts';
import { FirForm } from './filter-form.ts';
import type { FilterForm, FilterPath } from './filter-form.ts';
import { Guard } from './guard.ts';
import { OnlineIdentification } from './online-identification.ts';
import { complex, inverse, layoutFor, Statistics } from './statistics.ts';
import type { Complex, Layout } from './statistics.ts';

export interface NormalEquationsOptions extends ControllerOptions {
  /** time constant of forgetting; default 6 s */
  readonly memorySeconds?: number;
  /** white loading relative to the power of the filtered reference; default 1e-6 */
  readonly regularisation?: number;
  /** which octaves may get louder than off: default `heard`, those that nobody hears */
  readonly constraint?: Constraint;
  /** adds a probe at so many dB below what the error microphone hears, and keeps the secondary model true by it */
  readonly probeDb?: number;
  /** of the control filter, instead of an FIR of `taps` */
  readonly form?: FilterForm;
}

const MEMORY_S = 6;
const REGULARISATION = 1e-6;
/** Taps that move a sample, and how much of the way each time: a step of the filter fades in over about 20 ms. */
const FADE_TAPS = 16;
const FADE_SHARE = 0.15;
/** Dual ascent on the first filter, where nothing is known yet. */
const FIRST_SOLVES = 8;
/** The first filter comes after so much sound. */
const FIRST_S = 0.15;
/** A block that is louder than the mean by more than this counts as if it were so loud: a bang is not the noise. */
const LOUD_BLOCK = 16;
const FULL_SCALE = 0.999;
/** Mean square of a reference that is the microphone's own noise: nothing is learned from it. −75 dBFS. */
const FAINT = 3e-8;

/**
 * The online normal-equation controller: it estimates the disturbance d̂ = e − ŝ∗y and keeps running correlations of the
 * filtered reference f = ŝ∗x with itself and with d̂; at control rate it solves for the best causal filter and fades to
 * it. The audio path is one filter. (Elliott, Signal Processing for Active Control, 2001, ch. 3; Levinson, J. Math. Phys.
 * 25, 1947.)
 */
export class NormalEquations implements Controller {
  /** coefficients of the form, all taps of an FIR */
  readonly weights: Float64Array;
  readonly design: Design;
  readonly layout: Layout;
  private readonly sampleRateHz: number;
  private readonly regularisation: number;
  private readonly statistics: Statistics;
  private readonly guard: Guard;
  private readonly limit: number;
  private readonly filteredHighPass: HighPass;
  private readonly disturbanceHighPass: HighPass;
  private readonly target: Float64Array;
  private readonly secondary: Complex;
  private readonly online: OnlineIdentification | null;
  private readonly form: FilterForm;
  private readonly path: FilterPath;
  /** x in re and y in im of the last `size` samples: both go through ŝ in one complex transform. */
  private readonly played: Complex;
  private readonly errors: Float64Array;
  private readonly keep: number;
  private index = 0;
  private fadeAt = 0;
  private isFirst = true;
  private hasClipped = false;
  private meanPower = 0;

  constructor(options: NormalEquationsOptions) {
    const { taps, secondary, sampleRateHz, outputLimit = OUTPUT_LIMIT } = options;
    this.form = options.form ?? new FirForm(taps);
    this.layout = layoutFor(this.form.taps, secondary.length);
    const { size, block } = this.layout;
    this.sampleRateHz = sampleRateHz;
    this.regularisation = options.regularisation ?? REGULARISATION;
    this.weights = this.form.coefficients.slice();
    this.target = this.form.coefficients.slice();
    this.path = this.form.createPath();
    this.design = new Design(this.layout, sampleRateHz, {
      ...options,
      outputLimit,
      form: this.form,
    });
    this.statistics = new Statistics(this.layout);
    this.guard = new Guard(block / sampleRateHz, Math.ceil(size / block));
    this.filteredHighPass = new HighPass(CUTOFF_HZ, sampleRateHz);
    this.disturbanceHighPass = new HighPass(CUTOFF_HZ, sampleRateHz);
    this.limit = outputLimit;
    this.secondary = complex(size);
    this.setSecondary(secondary);
    this.online =
      options.probeDb === undefined
        ? null
        : new OnlineIdentification({
            sampleRateHz,
            secondary,
            probeDb: options.probeDb,
            seed: options.seed ?? 1,
          });
    this.played = complex(size);
    this.errors = new Float64Array(block);
    this.keep = Math.exp(-block / sampleRateHz / (options.memorySeconds ?? MEMORY_S));
  }

  /** How often it had to stop because it made it louder. */
  get trips(): number {
    return this.guard.trips;
  }

  /** How often the secondary model was corrected by the probe. */
  get corrections(): number {
    return this.online?.corrections ?? 0;
  }

  private setSecondary(path: Float64Array): void {
    this.secondary.re.fill(0).set(path);
    this.secondary.im.fill(0);
    fft(this.secondary.re, this.secondary.im);
  }

  output(reference: number): number {
    const x = Number.isFinite(reference) ? reference : 0;
    if (Math.abs(x) >= FULL_SCALE) this.hasClipped = true;
    const wanted = this.path.next(x, this.weights) + (this.online?.next(x) ?? 0);
    const y = Math.max(-this.limit, Math.min(this.limit, wanted));
    const at = this.layout.size - this.layout.block + this.index;
    this.played.re[at] = x;
    this.played.im[at] = y;
    return y;
  }

  adapt(error: number): void {
    const e = Number.isFinite(error) ? error : 0;
    if (Math.abs(e) >= FULL_SCALE) this.hasClipped = true;
    this.errors[this.index] = e;
    this.fade();
    if (++this.index < this.layout.block) return;
    this.index = 0;
    this.endBlock();
  }

  private fade(): void {
    const { weights, target } = this;
    for (let i = 0; i < FADE_TAPS; i++) {
      const at = this.fadeAt;
      weights[at]! += FADE_SHARE * (target[at]! - weights[at]!);
      this.fadeAt = at + 1 === weights.length ? 0 : at + 1;
    }
  }

  private endBlock(): void {
    const { size, block } = this.layout;
    const reference = meanSquare(this.played.re.subarray(size - block));
    const heard = { re: this.played.re.slice(), im: this.played.im.slice() };
    this.played.re.copyWithin(0, block);
    this.played.im.copyWithin(0, block);
    fft(heard.re, heard.im);
    const { filtered, antiNoise } = this.throughSecondary(heard);
    const disturbance = this.errors.map((e, n) => e - antiNoise[n]!);
    const error = meanSquare(this.errors);
    if (this.online?.add(disturbance, error, !this.hasClipped))
      this.startWith(this.online.secondary);
    const verdict = this.guard.judge({ reference, error, disturbance: meanSquare(disturbance) });
    if (verdict === 'trip') this.stop();
    else this.learn(heard, filtered, disturbance, reference > FAINT);
    if (verdict === 'run' && reference > FAINT) this.solve();
  }

  private throughSecondary(heard: Complex): { filtered: Float64Array; antiNoise: Float64Array } {
    const { size, block } = this.layout;
    const z = complex(size);
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [
        heard.re[k]!,
        heard.im[k]!,
        this.secondary.re[k]!,
        this.secondary.im[k]!,
      ];
      z.re[k] = a * c - b * d;
      z.im[k] = a * d + b * c;
    }
    inverse(z);
    return { filtered: z.re.subarray(size - block), antiNoise: z.im.subarray(size - block) };
  }

  /** A clipped microphone lies about both paths: that block does not count. */
  private learn(
    heard: Complex,
    filtered: Float64Array,
    disturbance: Float64Array,
    isHeard: boolean,
  ): void {
    const counts = isHeard && !this.hasClipped;
    this.hasClipped = false;
    const power = meanSquare(filtered);
    if (this.meanPower === 0 && counts) this.meanPower = power;
    const isLoud = power > LOUD_BLOCK * this.meanPower;
    const share = !counts ? 0 : isLoud ? (LOUD_BLOCK * this.meanPower) / power : 1;
    const f = this.filteredHighPass.process(filtered);
    const d = this.disturbanceHighPass.process(disturbance);
    this.statistics.add(f, d, this.keep, share);
    this.statistics.addReference(heard, this.keep, share);
    this.design.effort.watch(heard, this.secondary, this.keep, share);
    if (counts) this.meanPower += (1 - this.keep) * (share * power - this.meanPower);
  }

  private solve(): void {
    const heard = this.statistics.samples / this.sampleRateHz;
    if (!(heard >= FIRST_S)) return;
    for (let i = 0; i < (this.isFirst ? FIRST_SOLVES : 1); i++) {
      if (this.design.solve(this.statistics, this.regularisation))
        this.target.set(this.form.coefficients);
    }
    this.isFirst = false;
  }

  /** Another model makes other statistics; the filter goes on until they are there. */
  private startWith(secondary: Float64Array): void {
    this.setSecondary(secondary);
    this.forget();
  }

  private stop(): void {
    this.target.fill(0);
    this.weights.fill(0);
    this.forget();
  }

  private forget(): void {
    this.statistics.clear();
    this.design.clear();
    this.isFirst = true;
    this.meanPower = 0;
  }
}

function meanSquare(signal: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += signal[i]! * signal[i]!;
  return sum / signal.length;
}
