/** What follows from the engine's parameters, in the units of its samples. */
import type { EngineConfig } from './config.ts';
import { amplitudeFromDecibel } from './decibel.ts';
import type { FilterShape } from './filter-shape.ts';
import { scalarRatio } from './scalar.ts';
import type { Scalar } from './scalar.ts';
import { LEAK_TAPS } from './weight-slots.ts';

export interface EngineScales {
  /** µ */
  readonly step: Scalar;
  /** decay of a weight at each of its visits */
  readonly leak: Scalar;
  /** beside the energy of the filtered reference, at least 1 */
  readonly energyFloor: number;
  readonly limit_q31: number;
  readonly transparencyGain_q13: number;
}

/** @param filteredExponent of the filtered reference: value = filtered_q15 · 2^(exponent − 15) */
export function scalesOf(
  config: EngineConfig,
  shape: FilterShape,
  sampleRateHz: number,
  filteredExponent: number,
): EngineScales {
  return {
    step: scalarRatio(config.stepSize_e5, 100000),
    leak: scalarRatio(
      config.leakage_e3 * Math.floor(shape.weightCount / LEAK_TAPS),
      sampleRateHz * 1000,
    ),
    energyFloor: energyFloor(config.energyFloorDb_e1, shape.directTaps, filteredExponent),
    limit_q31: amplitudeFromDecibel(config.outputLimitDb_e1, 31),
    transparencyGain_q13: amplitudeFromDecibel(config.transparencyGainDb_e1, 13),
  };
}

function energyFloor(floorDb_e1: number, directTaps: number, filteredExponent: number): number {
  const amplitude = BigInt(amplitudeFromDecibel(floorDb_e1, 31));
  const energy = ((amplitude * amplitude) >> 4n) * BigInt(directTaps);
  const shift = 28 + 2 * filteredExponent;
  if (shift > 62) return 1;
  const s = BigInt(Math.max(shift, 8));
  return Math.max(1, Number((energy + (1n << (s - 1n))) >> s));
}
