import { EngineModel } from '../model/index.ts';
import type { SecondaryModel } from '../model/index.ts';
import { impulseResponseOf } from '../secondary-model.ts';
import { engineConfigOf } from '../simulate/settings.ts';
import type { SimulationSettings } from '../simulate/settings.ts';
import type { Controller } from './controller.ts';

/** −1..1 to what a 24-bit converter delivers, left-justified in 32 bits. */
function toQ31(sample: number): number {
  return Math.max(-0x800000, Math.min(0x7fffff, Math.round(sample * 0x800000))) * 256;
}

/** The integer model of the firmware's engine behind 24-bit converters. */
export function integerController(
  settings: SimulationSettings,
  secondary: SecondaryModel | null,
  sampleRateHz: number,
): Controller {
  const engine = new EngineModel(sampleRateHz);
  if (secondary) engine.setSecondary(secondary);
  engine.configure(engineConfigOf(settings));
  return {
    output: (reference) => engine.output(toQ31(reference)) / 2147483648,
    adapt: (error) => engine.adapt(toQ31(error)),
  };
}

const HISTORY = 1024;
const EMPHASIS = 0.9;
const LISTEN_S = 0.2;

/**
 * The engine's control law in float64 without its fades: FxNLMS with pre-emphasis 1 − 0.9 z⁻¹ of error and filtered
 * reference, leakage, a floor under the energy and a limiter. It shows what fixed point costs.
 */
class FloatController implements Controller {
  private readonly settings: SimulationSettings;
  private readonly model: Float64Array;
  private readonly keep: number;
  private readonly floor: number;
  private readonly limit: number;
  private listenLeft: number;
  private readonly weights: Float64Array;
  private readonly reference = new Float64Array(2 * HISTORY);
  private readonly filtered = new Float64Array(2 * HISTORY);
  private position = 0;
  private energy = 0;
  private errorBefore = 0;
  private limiting = false;

  constructor(
    settings: SimulationSettings,
    secondary: SecondaryModel | null,
    sampleRateHz: number,
  ) {
    this.settings = settings;
    const response = secondary ? impulseResponseOf(secondary) : new Float64Array(1);
    this.model = Float64Array.from({ length: response.length + 1 }, (_, i) => {
      return (response[i] ?? 0) - EMPHASIS * (response[i - 1] ?? 0);
    });
    this.keep = 1 - settings.leakage / sampleRateHz;
    this.floor = settings.taps * 10 ** (settings.energyFloorDb / 10);
    this.limit = 10 ** (settings.outputLimitDb / 20);
    this.listenLeft = Math.floor(LISTEN_S * sampleRateHz);
    this.weights = new Float64Array(settings.taps);
  }

  output(reference: number): number {
    this.position = (this.position - 1) & (HISTORY - 1);
    const x = Number.isFinite(reference) ? reference : 0;
    this.push(this.reference, x);
    const { mode, mute, transparencyGainDb } = this.settings;
    if (mute || mode === 'off') return 0;
    if (mode === 'transparency') return this.limited(x * 10 ** (transparencyGainDb / 20));
    if (this.listenLeft > 0) return 0;
    return this.limited(dot(this.weights, this.reference, this.position));
  }

  adapt(error: number): void {
    const oldest = this.filtered[this.position + this.settings.taps]!;
    const newest = dot(this.model, this.reference, this.position);
    this.push(this.filtered, newest);
    this.energy = Math.max(0, this.energy + newest * newest - oldest * oldest);
    const e = Number.isFinite(error) ? error : 0;
    const emphasised = e - EMPHASIS * this.errorBefore;
    this.errorBefore = e;
    if (this.listenLeft > 0) this.listenLeft--;
    else if (this.settings.mode === 'anc' && this.settings.adapt) this.learn(emphasised);
  }

  private learn(emphasised: number): void {
    const { weights, filtered, position, keep } = this;
    const rate = this.limiting ? 0 : this.settings.stepSize / (this.energy + this.floor);
    const gain = rate * emphasised;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = keep * weights[i]! - gain * filtered[position + i]!;
    }
  }

  private limited(y: number): number {
    const bounded = Math.max(-this.limit, Math.min(this.limit, y));
    this.limiting = bounded !== y;
    return bounded;
  }

  private push(history: Float64Array, sample: number): void {
    history[this.position] = sample;
    history[this.position + HISTORY] = sample;
  }
}

function dot(h: Float64Array, x: Float64Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < h.length; i++) sum += h[i]! * x[at + i]!;
  return sum;
}

export function floatController(
  settings: SimulationSettings,
  secondary: SecondaryModel | null,
  sampleRateHz: number,
): Controller {
  return new FloatController(settings, secondary, sampleRateHz);
}
