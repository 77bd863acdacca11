import { History } from '../algorithms/history.ts';
import { Random } from '../noise/random.ts';
import { EMPHASIS, Emphasis, POWER_FLOOR, WindowEnergy } from './control-filter.ts';

const STEP_MIN = 0.0005;
const STEP_MAX = 0.02;
/** Over which the powers of ρ are smoothed. */
const POWER_S = 0.05;
/** Least power at the microphone that white noise of RMS 1 is taken to have: a model at zero has none. */
const GAIN_MIN = 0.05;
const SILENCE = 1e-15;

/**
 * A model of the secondary path that is learned from a probe v beside the control: f = e − ŝ∗v,
 * ŝ ← ŝ + µ_s f' v' / ‖v'‖², with µ_s = ρ µ_min + (1 − ρ) µ_max and ρ = P_f/P_e: the share of what is heard that is
 * not the probe. (Akhtar, Abe and Kawamata, IEEE Trans. Audio Speech Lang. Process. 14(2), 2006.)
 * The probe has the inverse of the pre-emphasis, so that v' is white and v lies under usual noise.
 */
export class ProbeModel {
  /** ŝ */
  readonly taps: Float64Array;
  private readonly random: Random;
  private readonly emphasis = new Emphasis();
  private readonly probes: History;
  private readonly whiteProbes: History;
  private readonly energy: WindowEnergy;
  private readonly smoothing: number;
  private probe = 0;
  private powerF = 0;
  private powerE = 0;

  constructor(initial: Float64Array, sampleRateHz: number, seed: number) {
    this.taps = initial.slice();
    this.random = new Random(seed);
    this.probes = new History(initial.length);
    this.whiteProbes = new History(initial.length + 1);
    this.energy = new WindowEnergy(initial.length);
    this.smoothing = 1 / (POWER_S * sampleRateHz);
  }

  /** The next sample of the probe. @param rms of its white part */
  next(rms: number): number {
    const white = rms * this.random.white();
    this.probe = white + EMPHASIS * this.probe;
    this.probes.put(this.probe);
    this.whiteProbes.put(white);
    this.energy.put(white, this.whiteProbes.get(this.taps.length));
    return this.probe;
  }

  /**
   * Learns from the error; returns f, the error without the probe.
   * @param pace `still` not at all, `steady` by ρ, `fast` with µ_max: a model of the wrong sign makes ρ 1, and µ_min slow
   */
  learn(error: number, pace: 'still' | 'steady' | 'fast'): number {
    const f = error - this.probes.dot(this.taps);
    this.powerF += this.smoothing * (f * f - this.powerF);
    this.powerE += this.smoothing * (error * error - this.powerE);
    const e = this.emphasis.next(error) - this.whiteProbes.dot(this.taps);
    if (pace === 'still') return f;
    const rho = Math.min(1, this.powerF / (this.powerE + SILENCE));
    const steady = rho * STEP_MIN + (1 - rho) * STEP_MAX;
    const step = pace === 'fast' ? STEP_MAX : steady;
    const floor = SILENCE + POWER_FLOOR * 1e-3 * this.taps.length;
    this.whiteProbes.addTo(this.taps, (step * e) / (this.energy.value + floor));
    return f;
  }

  /** Power at the error microphone of a probe of RMS 1 in its white part. */
  gain(): number {
    let [sum, state] = [0, 0];
    for (const v of this.taps) {
      state = v + EMPHASIS * state;
      sum += state * state;
    }
    return Math.max(GAIN_MIN, sum);
  }

  /** Level of the probe at the error microphone, power, as far as ŝ is right. */
  heardPower(): number {
    return this.probes.dot(this.taps) ** 2;
  }
}
