import { correlate } from '../correlate.ts';
import { convolve } from '../plant/convolve.ts';
import { solveToeplitz } from '../toeplitz.ts';

/** White loading beside the power of what goes in: a sweep has none at the ends of its band. */
const LOADING = 1e-6;
const ROUNDS = 3;

/** What went in and came out, Float64Array of equal length. */
export interface Pair {
  readonly input: Float64Array;
  readonly output: Float64Array;
}

/**
 * The FIR from input to output in the least-squares sense (autocorrelation method).
 * @returns null when the input is silent
 */
export function fitFir({ input, output }: Pair, taps: number): Float64Array | null {
  const auto = correlate(input, input, taps);
  auto[0]! *= 1 + LOADING;
  return solveToeplitz(auto, correlate(output, input, taps));
}

export interface NoisyPair extends Pair {
  /** hears the surrounding noise before or about when the output does */
  readonly reference: Float64Array;
}

/**
 * As fitFir, but what the output has from surrounding noise is first predicted from another microphone and taken out:
 * both filters are fitted in turns. The reference may lag by `advance` samples.
 * @returns the path and the output without the predicted noise
 */
export function fitInNoise(
  { input, output, reference }: NoisyPair,
  taps: number,
  noiseTaps = 1024,
  advance = 64,
): { path: Float64Array; cleaned: Float64Array } | null {
  const late = new Float64Array(reference.length);
  // reading the reference early is writing the output late: the filter stays causal
  late.set(reference.subarray(advance));
  let cleaned = output;
  let path = fitFir({ input, output }, taps);
  for (let round = 0; round < ROUNDS && path; round++) {
    const echo = convolve(input, path);
    const noise = output.map((v, n) => v - echo[n]!);
    const fromReference = fitFir({ input: late, output: noise }, noiseTaps);
    if (!fromReference) break;
    const predicted = convolve(late, fromReference);
    cleaned = output.map((v, n) => v - predicted[n]!);
    path = fitFir({ input, output: cleaned }, taps);
  }
  return path && { path, cleaned };
}
