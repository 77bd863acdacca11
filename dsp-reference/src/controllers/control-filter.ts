import { History } from '../algorithms/history.ts';

/** Of error and filtered reference, 1 − 0.9 z⁻¹: makes the spectrum of usual noise flatter, as in the engine. */
export const EMPHASIS = 0.9;
/** Power a sample beside that of the filtered reference: keeps a silent reference from making the step endless. */
export const POWER_FLOOR = 1e-7;
/** 1/s */
export const LEAKAGE = 0.01;
/** A filter shorter than a period of the noise sees little power at every zero crossing: its mean over so long counts. */
const MEAN_POWER_S = 0.05;
/** Weights leak every so many samples at once. */
const LEAK_PERIOD = 64;

/** h ∗ (1 − c z⁻¹) */
export function emphasised(response: Float64Array, c = EMPHASIS): Float64Array {
  return Float64Array.from({ length: response.length + 1 }, (_, i) => {
    return (response[i] ?? 0) - c * (response[i - 1] ?? 0);
  });
}

/** 1 − c z⁻¹ over samples. */
export class Emphasis {
  private readonly c: number;
  private before = 0;

  constructor(c = EMPHASIS) {
    this.c = c;
  }

  next(sample: number): number {
    const out = sample - this.c * this.before;
    this.before = sample;
    return out;
  }
}

/** Σ of squares over the last `length` samples. A second sum starts anew with every window, so that nothing drifts. */
export class WindowEnergy {
  private readonly length: number;
  private running = 0;
  private fresh = 0;
  private count = 0;

  constructor(length: number) {
    this.length = length;
  }

  /** @param oldest the sample that leaves the window */
  put(newest: number, oldest: number): void {
    this.running = Math.max(0, this.running + newest * newest - oldest * oldest);
    this.fresh += newest * newest;
    if (++this.count < this.length) return;
    this.running = this.fresh;
    this.fresh = 0;
    this.count = 0;
  }

  get value(): number {
    return this.running;
  }
}

export interface ControlFilterOptions {
  readonly taps: number;
  /** model ŝ of the secondary path */
  readonly secondary: Float64Array;
  readonly sampleRateHz: number;
  /** 1/s */
  readonly leakage?: number;
}

/**
 * A control filter w, its reference x, and x̂ = ŝ∗x with the pre-emphasis. One gradient step is
 * w ← w − µ e' x̂ / (P + P_floor), P = x̂ᵀx̂. Errors that go in have the pre-emphasis as well.
 */
export class ControlFilter {
  readonly weights: Float64Array;
  readonly filtered: History;
  private model: Float64Array;
  private readonly reference: History;
  private readonly energy: WindowEnergy;
  private readonly smoothing: number;
  private meanPower = 0;
  private readonly keep: number;
  private leakIn = LEAK_PERIOD;

  constructor({ taps, secondary, sampleRateHz, leakage = LEAKAGE }: ControlFilterOptions) {
    this.weights = new Float64Array(taps);
    this.model = emphasised(secondary);
    this.reference = new History(Math.max(taps, this.model.length));
    this.filtered = new History(taps + 1);
    this.energy = new WindowEnergy(taps);
    this.smoothing = 1 / (MEAN_POWER_S * sampleRateHz);
    this.keep = Math.max(0, 1 - leakage / sampleRateHz) ** LEAK_PERIOD;
  }

  /** For controllers that learn the path as they go; the length stays. */
  setSecondary(secondary: Float64Array): void {
    this.model = emphasised(secondary);
  }

  /** The next sample of the reference; returns what the loudspeaker should play. */
  next(reference: number): number {
    const { weights, filtered } = this;
    this.reference.put(reference);
    filtered.put(this.reference.dot(this.model));
    this.energy.put(filtered.get(0), filtered.get(weights.length));
    this.meanPower += this.smoothing * (this.energy.value - this.meanPower);
    return this.reference.dot(weights);
  }

  /** What w makes of the filtered reference: the anti-noise as if w had always been what it is. */
  filteredOutput(): number {
    return this.filtered.dot(this.weights);
  }

  /** P + P_floor, P not below its mean */
  get power(): number {
    return Math.max(this.energy.value, this.meanPower) + this.weights.length * POWER_FLOOR;
  }

  descend(error: number, stepSize: number): void {
    this.filtered.addTo(this.weights, (-stepSize * error) / this.power);
    this.leak();
  }

  leak(): void {
    if (--this.leakIn > 0) return;
    this.leakIn = LEAK_PERIOD;
    for (let i = 0; i < this.weights.length; i++) this.weights[i]! *= this.keep;
  }
}
