import { ControlFilter, Emphasis } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { LimitedController } from './limited-controller.ts';
import { ProbeModel } from './probe-model.ts';
import { LoudnessWatch } from './loudness-watch.ts';

const STEP = 0.004;
const PROBE_DB = -20;
const MODEL_TAPS = 256;
const POWER_S = 0.1;
/** The model learns alone for so long after the control filter was dropped, with a probe of this level. */
const RELEARN_S = 1.5;
const RELEARN_DB = -2;
/** Samples between two looks at the model. */
const PERIOD = 64;
/** Of the output limit: the largest RMS of the probe's white part. */
const PROBE_SHARE = 0.05;
const SILENCE = 1e-15;

export interface OnlineSecondaryOptions extends ControllerOptions {
  /** level of the probe at the error microphone relative to what is left of the disturbance there; default −20 dB */
  readonly probeDb?: number;
}

/**
 * Feed-forward control that keeps measuring the secondary path with a probe v.
 *
 *     y = wᵀx + v,   f = e − ŝ∗v         f updates both filters: the probe does not disturb w
 *     ŝ: see `ProbeModel`
 *     w ← w − µ f' x̂ / (P + P_floor)     x̂ = ŝ∗x with the present ŝ
 *
 * The probe's power follows the residual's: it fades as noise is cancelled and comes back when the path changes.
 * (Akhtar, Abe and Kawamata, IEEE Trans. Audio Speech Lang. Process. 14(2), 2006; scheduling: the same authors, IEICE
 * Electron. Express 4(2), 2007; Carini and Malatini, IEEE Trans. Audio Speech Lang. Process. 16(5), 2008.)
 *
 * The papers leave out a path that changes its sign: w would reach the limiter before ŝ has turned. Here w is dropped when
 * it gets louder than the reference says it would be without, and waits until ŝ has been learned.
 * `stepSize` µ of the control filter, default 0.004. Without `secondary` the model starts at zero with 256 taps.
 */
export class OnlineSecondary extends LimitedController {
  private readonly model: ProbeModel;
  private readonly filter: ControlFilter;
  private readonly watch: LoudnessWatch;
  private readonly emphasis = new Emphasis();
  private readonly stepSize: number;
  private readonly probeShare: number;
  private readonly relearnShare: number;
  private readonly smoothing: number;
  private readonly relearnSamples: number;
  private relearning: number;
  private reference = 0;
  private control = 0;
  private gain: number;
  private lookIn = PERIOD;
  private residualPower = 0;
  private probePower = 0;

  constructor(options: OnlineSecondaryOptions) {
    super(options.sampleRateHz, options.outputLimit);
    const { secondary, sampleRateHz, seed = 1, probeDb = PROBE_DB } = options;
    const isKnown = secondary.some((v) => v !== 0);
    const initial = isKnown ? secondary : new Float64Array(MODEL_TAPS);
    this.model = new ProbeModel(initial, sampleRateHz, seed + 1000);
    this.filter = new ControlFilter({ ...options, secondary: this.model.taps });
    this.watch = new LoudnessWatch(sampleRateHz);
    this.gain = this.model.gain();
    this.stepSize = options.stepSize ?? STEP;
    this.probeShare = 10 ** (probeDb / 10);
    this.relearnShare = 10 ** (Math.max(probeDb, RELEARN_DB) / 10);
    this.smoothing = 1 / (POWER_S * sampleRateHz);
    this.relearnSamples = Math.round(RELEARN_S * sampleRateHz);
    this.relearning = isKnown ? 0 : this.relearnSamples;
  }

  /** ŝ as it is now, a copy. */
  secondary(): Float64Array {
    return this.model.taps.slice();
  }

  /** How often the control filter was dropped because it made it louder. */
  get restarts(): number {
    return this.watch.trips;
  }

  /** Level of the probe at the error microphone, as far as ŝ is right, relative to the noise there without canceller. */
  get probeToDisturbanceDb(): number {
    return 10 * Math.log10((this.probePower + SILENCE) / (this.watch.expectedPower + SILENCE));
  }

  protected play(reference: number): number {
    this.reference = reference;
    this.control = this.filter.next(reference);
    if (this.isListening) this.control = 0;
    return this.control + this.model.next(this.probeRms());
  }

  protected learn(error: number, _played: number, isHeld: boolean): void {
    const pace = isHeld ? 'still' : this.relearning > 0 ? 'fast' : 'steady';
    const f = this.model.learn(error, pace);
    const e = this.emphasis.next(f);
    this.measure(error);
    if (this.relearning > 0) this.relearning--;
    const isPlaying = !this.isListening;
    if (this.watch.judge(this.reference, f, isPlaying, isHeld)) this.drop();
    else if (isPlaying) this.descend(e, isHeld);
    if (--this.lookIn > 0) return;
    this.lookIn = PERIOD;
    this.gain = this.model.gain();
    this.filter.setSecondary(this.model.taps);
  }

  private get isListening(): boolean {
    return this.relearning > 0 || !this.watch.isReady;
  }

  private descend(error: number, isHeld: boolean): void {
    if (isHeld) this.filter.leak();
    else this.filter.descend(error, this.stepSize);
  }

  private drop(): void {
    this.filter.weights.fill(0);
    this.relearning = this.relearnSamples;
  }

  private measure(error: number): void {
    // of the probe's share as well: free of the sign of ŝ, unlike the power of f, which could run away with the probe
    const residual = (error * error) / (1 + this.presentShare);
    this.residualPower += this.smoothing * (residual - this.residualPower);
    this.probePower += this.smoothing * (this.model.heardPower() - this.probePower);
  }

  /** Power of the probe at the error microphone relative to the residual's. */
  private get presentShare(): number {
    return this.relearning > 0 ? this.relearnShare : this.probeShare;
  }

  private probeRms(): number {
    const wanted = Math.sqrt((this.presentShare * this.residualPower) / this.gain);
    return Math.min(PROBE_SHARE * this.limit, wanted);
  }
}
