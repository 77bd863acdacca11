import { sat16, shrRound64 } from './fixed.ts';

/** 16-bit converters left-justified count as clipped too. */
const CLIP_Q31 = 0x7fff0000;

export function toQ15(sample_q31: number): number {
  return sat16(shrRound64(sample_q31, 16));
}

export function atFullScale(sample_q31: number): boolean {
  return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}
