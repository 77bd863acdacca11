/** The model of firmware/core/dsp/notch.c; formula, formats and bounds are there. */
import { clamp32, mulW, sat16, sat32, shl64, shrRound64, shrZero64 } from './fixed.ts';

export const NOTCHES = 4;
export const NOTCH_ONE_Q20 = 1 << 20;

const GAIN_FULL_Q15 = 1 << 15;
const GAIN_STEP_Q15 = 1 << 6;
const TO_Q26 = 31 - 26;
const FROM_Q15 = 26 - 15;

/** Exact: below 2^52 the rounded square root has the right integer part. */
const complement = (k: number) => Math.floor(Math.sqrt(NOTCH_ONE_Q20 ** 2 - k * k));

const combine = (a: number, x: number, b: number, y: number) =>
  sat32(shrZero64(mulW(a, x) + mulW(b, y), 20));

interface NotchState {
  inner_q26: number;
  outer_q26: number;
}

class Notch {
  gain_q15 = 0;
  private k1 = 0;
  private c1 = 0;
  private k2 = 0;
  private c2 = 0;
  private on = false;
  readonly output: NotchState = { inner_q26: 0, outer_q26: 0 };
  readonly update: NotchState = { inner_q26: 0, outer_q26: 0 };

  set(k1_q20: number, k2_q20: number): void {
    if (this.gain_q15 === 0) {
      forget(this.output);
      forget(this.update);
    }
    this.k1 = clamp32(k1_q20, -NOTCH_ONE_Q20, NOTCH_ONE_Q20);
    this.k2 = clamp32(k2_q20, -NOTCH_ONE_Q20, NOTCH_ONE_Q20);
    this.c1 = complement(this.k1);
    this.c2 = complement(this.k2);
    this.on = true;
  }

  release(): void {
    this.on = false;
  }

  stepGain(): void {
    const step = this.on ? GAIN_STEP_Q15 : -GAIN_STEP_Q15;
    this.gain_q15 = clamp32(this.gain_q15 + step, 0, GAIN_FULL_Q15);
  }

  /** The share of x that the notch takes away, times 2^16. */
  removed(s: NotchState, x_q26: number): number {
    const middle = combine(this.c2, x_q26, -this.k2, s.outer_q26);
    const passed = combine(this.k2, x_q26, this.c2, s.outer_q26);
    s.outer_q26 = combine(this.k1, middle, this.c1, s.inner_q26);
    s.inner_q26 = combine(this.c1, middle, -this.k1, s.inner_q26);
    return this.gain_q15 * (x_q26 - passed);
  }
}

function forget(s: NotchState): void {
  s.inner_q26 = 0;
  s.outer_q26 = 0;
}

export class NotchesModel {
  private readonly notches = Array.from({ length: NOTCHES }, () => new Notch());

  set(index: number, k1_q20: number, k2_q20: number): void {
    this.notches[index]!.set(k1_q20, k2_q20);
  }

  release(index: number): void {
    this.notches[index]!.release();
  }

  output(sample_q31: number): number {
    let sample = sample_q31;
    for (const notch of this.notches) {
      notch.stepGain();
      if (notch.gain_q15 === 0) continue;
      const removed = notch.removed(notch.output, shrRound64(sample, TO_Q26));
      sample = sat32(sample - shrRound64(removed, 16 - TO_Q26));
    }
    return sample;
  }

  update(filtered: number): number {
    let sample = filtered;
    for (const notch of this.notches) {
      if (notch.gain_q15 === 0) continue;
      const removed = notch.removed(notch.update, shl64(sample, FROM_Q15));
      sample = sat16(sample - shrRound64(removed, 16 + FROM_Q15));
    }
    return sample;
  }

  restartUpdate(): void {
    for (const notch of this.notches) forget(notch.update);
  }
}
