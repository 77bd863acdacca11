import type { RealBoard } from './board.ts';
import { chipOf } from './chips.ts';

/**
 * Instructions of the engine, counted in QEMU (docs/budgets.md): lines through FxNLMS of 128 + 128, 256 + 128, 512 + 128 and
 * 512 + 256 taps on rv32imc; Xtensa is taken to need as many. Cycles an instruction and the work of a block are assumptions
 * until somebody measures them on a chip.
 */
export const cost = {
  perTap: 5.81,
  perSecondaryTap: 4.69,
  /** Notches, limiter, fade, meters. */
  perSample: 730,
  /** Cycles. Interrupt, queue, switch to the audio task, read and write. */
  perBlock: 3000,
} as const;

/** As in docs/budgets.md. */
export function cyclesPerInstruction(family: string): number {
  return family === 'esp32' || family === 'esp32s3' ? 1.3 : 1.1;
}

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
    instructions * cyclesPerInstruction(board.chip.family) +
    cost.perBlock / board.clocks.blockSamples;
  return {
    cyclesPerSample,
    usedCycles,
    share: usedCycles / cyclesPerSample,
    allowedShare: chipOf(board.chip.family).cores > 1 ? 0.9 : 0.8,
  };
}
