/** Random runs of the engine for the property test: parameters, models, signals and control actions. */
import type { CoreEvent } from './core-runner.ts';
import { FORM_FIR } from './config.ts';
import type { EngineConfig } from './config.ts';
import { EngineModel } from './engine.ts';
import { WEIGHT_MAX } from './fxnlms.ts';
import type { SecondaryModel } from './kernel.ts';
import { NOTCHES, NOTCH_ONE_Q20 } from './notch.ts';

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

/** xorshift32; the same sequence on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 16; i++) this.int32();
  }

  int32(): number {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s;
    return s;
  }

  /** integer lo..hi */
  between(lo: number, hi: number): number {
    return lo + ((this.int32() >>> 1) % (hi - lo + 1));
  }

  chance(percent: number): boolean {
    return this.between(0, 99) < percent;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.between(0, values.length - 1)]!;
  }
}

/** The parameters' whole range, with its ends more often than chance gives them. */
export function randomConfig(
  r: Random,
  forms: readonly number[] = [FORM_FIR],
): Partial<EngineConfig> {
  const ranged = (lo: number, hi: number) =>
    r.chance(80) ? r.between(lo, hi) : r.pick([lo, lo, hi]);
  return {
    adapt: r.chance(95),
    mute: r.chance(3),
    filterForm: forms.length > 1 ? r.pick(forms) : forms[0]!,
    taps: r.pick([32, 48, 512, 1024, r.between(32, 1024)]),
    stepSize_e5: ranged(0, 20000),
    leakage_e3: ranged(0, 20000),
    energyFloorDb_e1: ranged(-1000, -300),
    outputLimitDb_e1: ranged(-400, 0),
    transparencyGainDb_e1: ranged(-400, 120),
  };
}

export function randomSecondary(r: Random): SecondaryModel {
  const peak = r.pick([0, 1, 200, 32767, 32767, 32767]);
  const length = r.pick([1, 2, 255, 512, r.between(1, 512)]);
  const taps_q15 = Int16Array.from({ length }, () => {
    if (r.chance(2)) return r.pick([-32768, 32767, 0]);
    return peak === 0 ? 0 : r.between(-peak, peak);
  });
  const exponent = r.chance(80) ? r.between(-6, 4) : r.pick([-16, 16]);
  return { delaySamples: r.pick([0, 5, 256]), exponent, taps_q15 };
}

/** A generator of Q31 samples: silence, extremes, impulses, tones, noise at random levels, changing as it goes. */
export function randomSignal(r: Random): () => number {
  let kind = '';
  let left = 0;
  let shift = 0;
  let phase = 0;
  return () => {
    if (left-- <= 0) {
      kind = r.chance(70) ? 'noise' : r.pick(['silence', 'square', 'impulses', 'ramp', 'min']);
      shift = r.between(0, 24);
      left = kind === 'noise' ? r.between(200, 2500) : r.between(1, 200);
    }
    phase++;
    switch (kind) {
      case 'silence':
        return 0;
      case 'square':
        return phase & 16 ? INT32_MAX : INT32_MIN;
      case 'impulses':
        return phase % 97 === 0 ? (phase & 1 ? INT32_MAX : INT32_MIN) : 0;
      case 'ramp':
        return (Math.imul(phase, 0x01234567) | 0) >> (shift >> 1);
      case 'min':
        return INT32_MIN;
      default:
        return r.int32() >> shift;
    }
  };
}

function strongWeight(r: Random): number {
  const value = r.pick([WEIGHT_MAX, -WEIGHT_MAX, r.int32(), r.int32() >> 4]);
  return Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, value));
}

/** Any coefficients, with those of real notches more often. */
function randomNotch(r: Random): CoreEvent['notch'] {
  const one = NOTCH_ONE_Q20;
  const any = () => r.pick([0, one, -one, r.between(0, 2 * one) - one]);
  const narrow = () => r.between(Math.floor(0.9 * one), one);
  return {
    index: r.between(0, NOTCHES - 1),
    k1_q20: any(),
    k2_q20: r.chance(70) ? narrow() : any(),
  };
}

/** Control actions: a first one that sets everything up, then some at random times. */
export function randomEvents(r: Random, samples: number, forms?: readonly number[]): CoreEvent[] {
  const events: CoreEvent[] = [
    { at: 0, config: { ...randomConfig(r, forms), mode: r.chance(92) ? 2 : r.between(0, 1) } },
  ];
  if (r.chance(95)) events.push({ at: 0, secondary: randomSecondary(r) });
  if (r.chance(20)) {
    // Strong weights from the start: the limiter, and sums beyond 2^53, from the first audible sample on.
    const engine = new EngineModel();
    engine.configure(events[0]!.config!);
    events.push({ at: 0, weights: engine.weights.map(() => strongWeight(r)) });
  }
  if (r.chance(25)) events.push({ at: 0, follow: true });
  if (r.chance(20)) events.push({ at: 0, notch: randomNotch(r) });
  const times = Array.from({ length: r.between(0, 6) }, () => r.between(1, samples - 1));
  for (const at of times.sort((a, b) => a - b)) {
    const choice = r.between(0, 14);
    if (choice === 0) events.push({ at, config: { mode: r.between(0, 2) } });
    else if (choice === 1) events.push({ at, config: randomConfig(r, forms) });
    else if (choice === 2) events.push({ at, secondary: randomSecondary(r) });
    else if (choice === 3) events.push({ at, freeze: r.chance(50) });
    else if (choice === 4) events.push({ at, guardMute: r.chance(50) });
    else if (choice === 5) events.push({ at, follow: r.chance(60) });
    else if (choice === 10) events.push({ at, duck: r.chance(20) });
    else if (choice === 11) events.push({ at, notch: randomNotch(r) });
    else if (choice === 12) events.push({ at, releaseNotch: r.between(0, NOTCHES - 1) });
    else if (choice === 13)
      events.push({ at, inject: r.chance(30) ? 0 : r.between(0, 2 ** 31 - 1) - 2 ** 30 });
    else if (choice === 14) events.push({ at, correct: randomSecondary(r) });
    else if (choice === 6) {
      const target = Int32Array.from({ length: r.pick([32, 512, 1024]) }, () => strongWeight(r));
      events.push({ at, target });
    } else events.push({ at, action: r.pick(['reset', 'save', 'restore'] as const) });
  }
  return events;
}
