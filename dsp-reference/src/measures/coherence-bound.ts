import { DspError } from '../errors.ts';
import { convolve } from '../plant/convolve.ts';
import { correlate } from '../correlate.ts';
import { solveToeplitz } from '../toeplitz.ts';
import { type Coherence, coherence } from './coherence.ts';

export interface CoherenceBound {
  /** the most that a linear time-invariant canceller takes away of the primary, dB */
  readonly boundDb: number;
  readonly segments: number;
  readonly segmentSamples: number;
}

export interface AlignmentOptions {
  /** of the least-squares filter that aligns the reference, 1..4096; default 512 */
  readonly taps?: number;
  /** of Welch's method, a power of two; default 4096, less when there are not 16 segments of that */
  readonly segmentSamples?: number;
}

export interface CoherenceBoundOptions extends AlignmentOptions {
  readonly lowHz?: number;
  readonly highHz?: number;
}

/** Relative to the reference's power: keeps the least squares solvable where a recording has bands without sound. */
const regularisation = 1e-9;
/** At most; a round that leaves more than this share of the power before it is the last. */
const refinements = 10;
const settledShare = 0.98;
const segmentsWanted = 16;
const segmentMin = 256;

/**
 * −10·log10 of the share of the primary's power in a band that is incoherent with the reference:
 * Σ S_dd(f)·(1 − γ²(f)) / Σ S_dd(f), Welch's method, Hann windows that overlap by half.
 *
 * A delay of D samples between two signals makes γ² in segments of N samples too low by about 6.6·(D/N)², which would
 * end the scale near 25 dB for a response of 512 samples. So γ² is taken between the primary and the reference behind its
 * own least-squares filter: a linear filter leaves γ² as it is, and what remains between the two has no delay.
 * (Carter, Proc. IEEE 75(2), 1987; Widrow et al., Proc. IEEE 63(12), 1975.) Few segments read too high by about 1/segments.
 * @param x reference
 * @param d primary, as long as x
 * @returns null when there is too little sound for an estimate: under 16 segments of 256 samples, or silence
 */
export function coherenceBound(
  x: Float64Array,
  d: Float64Array,
  sampleRateHz: number,
  options: CoherenceBoundOptions = {},
): CoherenceBound | null {
  const { lowHz = 0, highHz = sampleRateHz / 2 } = options;
  const estimate = alignedCoherence(x, d, sampleRateHz, options);
  const boundDb = estimate && boundIn(estimate, lowHz, highHz);
  if (estimate === null || boundDb === null) return null;
  return { boundDb, segments: estimate.segments, segmentSamples: estimate.segmentSamples };
}

/** The same by band, from one estimate; null where a band has no sound, or all of them where there is too little of it. */
export function coherenceBounds(
  x: Float64Array,
  d: Float64Array,
  sampleRateHz: number,
  bands: readonly { readonly lowHz: number; readonly highHz: number }[],
  options: AlignmentOptions = {},
): (number | null)[] {
  const estimate = alignedCoherence(x, d, sampleRateHz, options);
  return bands.map(({ lowHz, highHz }) => estimate && boundIn(estimate, lowHz, highHz));
}

type Estimate = Coherence & { readonly segmentSamples: number };

function alignedCoherence(
  x: Float64Array,
  d: Float64Array,
  sampleRateHz: number,
  { taps = 512, segmentSamples = 4096 }: AlignmentOptions,
): Estimate | null {
  if (x.length !== d.length) {
    throw new DspError('BOUND_INVALID', `${x.length} and ${d.length} samples have no coherence.`, {
      hint: 'Give signals of equal length.',
    });
  }
  let size = segmentSamples;
  // what the filter needs from before the start is not there: its length is left out
  const used = () => x.length - Math.min(taps, size);
  const needed = () => ((segmentsWanted + 1) * size) / 2;
  while (size > segmentMin && used() < needed()) size /= 2;
  if (used() < needed()) return null;
  const skipped = x.length - used();
  const aligned = alignedReference(x, d, skipped);
  if (aligned === null) return null;
  const later = (signal: Float64Array) => signal.subarray(skipped);
  return { ...coherence(later(aligned), later(d), sampleRateHz, size), segmentSamples: size };
}

function boundIn({ gammaSquared, yPower, stepHz }: Estimate, lowHz: number, highHz: number) {
  let [all, incoherent] = [0, 0];
  for (let k = 0; k < yPower.length; k++) {
    if (k * stepHz < lowHz || k * stepHz > highHz) continue;
    all += yPower[k]!;
    incoherent += yPower[k]! * Math.max(0, 1 - gammaSquared[k]!);
  }
  return all === 0 ? null : -10 * Math.log10(incoherent / all);
}

/**
 * w ∗ x for the w that brings it closest to d; null when one of them is silent. The normal equations take both signals for
 * zero beyond their ends; solving them again for what is left over, from where the filter is full, takes that error out.
 * A pure tone has no single w, but for its one frequency a delay makes no incoherence either: x itself will do.
 */
function alignedReference(x: Float64Array, d: Float64Array, taps: number): Float64Array | null {
  const auto = correlate(x, x, taps);
  if (!(auto[0]! > 0) || d.every((v) => v === 0)) return null;
  auto[0]! *= 1 + regularisation;
  const w = new Float64Array(taps);
  let aligned: Float64Array = new Float64Array(x.length);
  const leftOver = () => d.map((v, n) => (n < taps ? 0 : v - aligned[n]!));
  let left: Float64Array = leftOver();
  for (let round = 0; round < refinements; round++) {
    const correction = solveToeplitz(auto, correlate(left, x, taps));
    if (correction === null) return round === 0 ? x : aligned;
    for (let i = 0; i < taps; i++) w[i]! += correction[i]!;
    aligned = convolve(x, w);
    const before = energy(left);
    left = leftOver();
    if (energy(left) > settledShare * before) break;
  }
  return aligned;
}

const energy = (signal: Float64Array): number => signal.reduce((sum, v) => sum + v * v, 0);
