import type { RealBoard } from './board.ts';
import { chipOf } from './chips.ts';

/**
 * What a filter is taken to cost until it has been measured on the chip itself: a 512-tap update and
 * filter of 16-bit samples and 32-bit weights took 5,114 instructions on rv32imc (`mulh`, GCC 12, -O3),
 * ten a tap; the model of the path has no update, and half of that. Xtensa's `mulsh` is taken to be as
 * good. The other two are assumptions.
 */
export const cost = {
  perTap: 10,
  perSecondaryTap: 5,
  /** Notches, limiter, fade, meters: an assumption. */
  perSample: 300,
  /** Interrupt, queue, switch to the audio task, read and write: an assumption. */
  perBlock: 3000,
  cyclesPerInstruction: 1,
} as const;

export interface Budget {
  readonly cyclesPerSample: number;
  /** Of those, what the longest filter takes, with its share of a block. */
  readonly usedCycles: number;
  readonly share: number;
  readonly allowedShare: number;
}

/** One core runs the audio; where there is no second, link and supervisor need the rest. */
export function budgetOf(board: RealBoard, limits = board.limits): Budget {
  const cyclesPerSample = (board.chip.cpuMhz * 1e6) / board.sampleRateHz;
  const instructions =
    cost.perTap * limits.maxTaps + cost.perSecondaryTap * limits.maxSecondaryTaps + cost.perSample;
  const usedCycles =
    instructions * cost.cyclesPerInstruction + cost.perBlock / board.clocks.blockSamples;
  return {
    cyclesPerSample,
    usedCycles,
    share: usedCycles / cyclesPerSample,
    allowedShare: chipOf(board.chip.family).cores > 1 ? 0.9 : 0.8,
  };
}
