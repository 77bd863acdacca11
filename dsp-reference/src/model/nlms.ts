/** The integer models of firmware/core/dsp/nlms_q15.c and nlms_q31.c: the same results in every sample. */
import {
  absW,
  bitLength64,
  clamp32,
  sat16,
  sat32,
  scaleRound64,
  shl64,
  shr64,
  shrRound64,
} from './fixed.ts';
import { firWideShrRound } from './fir.ts';
import { fxnlmsGain, fxnlmsUpdate, nlmsGain, WEIGHT_MAX } from './fxnlms.ts';
import type { Gain } from './fxnlms.ts';
import type { Scalar } from './scalar.ts';

export interface NlmsModelConfig {
  /** 16..1024, a multiple of 16 */
  readonly taps: number;
  /** the error is rounded to it when it leaves */
  readonly ioBits: 16 | 24 | 32;
  readonly step: Scalar;
}

const MAX_UP = 12;
const INT16_MAX = 32767;

function roundIo(e_q31: number, ioBits: number): number {
  const drop = 32 - ioBits;
  if (drop === 0) return e_q31;
  const most = shr64(0x7fffffff, drop);
  return shl64(Math.min(most, shrRound64(e_q31, drop)), drop);
}

/** 16-bit view with a block exponent: nlms_q15_step. */
export class NlmsQ15Model {
  readonly weights: Int32Array;
  private readonly config: NlmsModelConfig;
  private readonly view: Int16Array;
  private readonly gain: Gain = { mantissa: 0, shift: 0 };
  private up = 0;
  private quiet = 0;
  private energy = 0;
  private position = 0;

  constructor(config: NlmsModelConfig) {
    this.config = config;
    this.weights = new Int32Array(config.taps);
    this.view = new Int16Array(2 * config.taps);
  }

  step(x_q31: number, d_q31: number): number {
    const { taps, step, ioBits } = this.config;
    this.chooseExponent(x_q31);
    this.position = this.position === 0 ? taps - 1 : this.position - 1;
    const oldest = this.view[this.position]!;
    const newest = sat16(shrRound64(x_q31, 16 - this.up));
    this.energy += newest * newest - oldest * oldest;
    this.put(this.position, newest);
    const y_q31 = sat32(
      firWideShrRound(this.view, this.position, this.weights, taps, 12 + this.up),
    );
    const e = d_q31 - y_q31;
    fxnlmsGain(this.gain, step, -e, this.energy + 1, -this.up);
    fxnlmsUpdate(this.weights, this.view, this.position, taps, this.gain);
    return roundIo(sat32(e), ioBits);
  }

  private put(at: number, v: number): void {
    this.view[at] = v;
    this.view[at + this.config.taps] = v;
  }

  private rescale(down: number): void {
    this.up -= down;
    this.energy = 0;
    for (let i = 0; i < this.config.taps; i++) {
      const v = sat16(scaleRound64(this.view[i]!, down));
      this.put(i, v);
      this.energy += v * v;
    }
  }

  private chooseExponent(x_q31: number): void {
    const fits = (up: number) => absW(x_q31) <= shl64(INT16_MAX, 16 - up);
    let up = this.up;
    while (up > 0 && !fits(up)) up--;
    if (up < this.up) {
      this.rescale(this.up - up);
      this.quiet = 0;
    } else if (this.up + 2 > MAX_UP || !fits(this.up + 2)) {
      this.quiet = 0;
    } else if (++this.quiet > this.config.taps) {
      this.rescale(-1);
      this.quiet = 0;
    }
  }
}

const MIN_SHIFT = 17;
const MAX_SHIFT = 42;
const ENERGY_EXPONENT = -11;
/** The data's lower bits, split off so that each product stays below 2^53. */
const LOW_BITS = 13;

/** 27 bits of the reference: nlms_q31_step. */
export class NlmsQ31Model {
  readonly weights: Int32Array;
  private readonly config: NlmsModelConfig;
  private readonly x_q26: Int32Array;
  private readonly gain: Gain = { mantissa: 0, shift: 0 };
  /** Reaches 2^62. */
  private energy = 0n;
  private position = 0;

  constructor(config: NlmsModelConfig) {
    this.config = config;
    this.weights = new Int32Array(config.taps);
    this.x_q26 = new Int32Array(2 * config.taps);
  }

  step(x_q31: number, d_q31: number): number {
    const { taps, step, ioBits } = this.config;
    this.position = this.position === 0 ? taps - 1 : this.position - 1;
    const oldest = this.x_q26[this.position]!;
    const newest = shrRound64(x_q31, 5);
    this.energy += BigInt(newest * newest) - BigInt(oldest * oldest);
    this.x_q26[this.position] = newest;
    this.x_q26[this.position + taps] = newest;
    const e = d_q31 - sat32(this.fir());
    const energy = this.energy + 1n;
    const length = energy < 2n ** 52n ? bitLength64(Number(energy)) : energy.toString(2).length;
    const energyShift = length - 15;
    const low =
      energyShift >= 0 ? Number(energy >> BigInt(energyShift)) : Number(energy) * 2 ** -energyShift;
    nlmsGain(this.gain, step, -e, low, energyShift, ENERGY_EXPONENT, MIN_SHIFT, MAX_SHIFT);
    this.update();
    return roundIo(sat32(e), ioBits);
  }

  /** shrRound64(Σ (w·x >> 5), 18), in parts that a double holds. */
  private fir(): number {
    let high = 0n;
    let low = 0;
    for (let i = 0; i < this.config.taps; i++) {
      const w = this.weights[i]!;
      const x = this.x_q26[this.position + i]!;
      const xHigh = x >> LOW_BITS;
      // w·x >> 5 = w·xHigh·2^8 + (w·xLow >> 5)
      high += BigInt(w * xHigh);
      low += shr64(w * (x - xHigh * 2 ** LOW_BITS), 5);
    }
    const sum = (high << 8n) + BigInt(low);
    return Number((sum + (1n << 17n)) >> 18n);
  }

  private update(): void {
    const { mantissa, shift } = this.gain;
    if (mantissa === 0) return;
    for (let i = 0; i < this.config.taps; i++) {
      const step = shrRound64(mantissa * this.x_q26[this.position + i]!, shift);
      this.weights[i] = clamp32(this.weights[i]! + step, -WEIGHT_MAX, WEIGHT_MAX);
    }
  }
}
