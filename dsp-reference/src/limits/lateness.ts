import { correlate } from '../correlate.ts';
import type { Paths } from '../paths/paths.ts';
import { convolve } from '../plant/convolve.ts';
import { Random } from '../noise/random.ts';
import { solveToeplitz } from '../toeplitz.ts';

/** A response begins where it first reaches this share of its peak. */
const ONSET = 0.05;
const TAPS = 2048;
/** Relative to the power of the sound: keeps the equations solvable where a recording has bands without sound. */
const REGULARISATION = 1e-9;
const SEED = 7;

function onsetOf(response: Float64Array): number {
  const peak = response.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  return response.findIndex((v) => Math.abs(v) >= ONSET * peak);
}

/**
 * Samples by which the anti-noise comes after the noise, at the ear: loop and secondary path, less the head start of the
 * reference microphone. Zero or less: it is in time.
 */
export function latenessOf(paths: Paths, latencySamples: number): number {
  const headStart = onsetOf(paths.primary) - onsetOf(paths.reference);
  return latencySamples + onsetOf(paths.secondary) - headStart;
}

/**
 * What is left of a sound when everything up to `lateSamples` ago is known of it, to a microphone with noise, and the paths
 * have no shape: the error of the best linear predictor over that time. Gets smaller only for what repeats itself.
 * (Wiener, 1949; Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 */
export function predictionError(
  sound: Float64Array,
  lateSamples: number,
  micNoiseDb: number,
): Float64Array {
  const random = new Random(SEED);
  const micNoise = 10 ** (micNoiseDb / 20);
  const heard = sound.map((v) => v + micNoise * random.white());
  const taps = Math.min(TAPS, sound.length >> 4);
  const lags = correlate(heard, heard, taps + lateSamples);
  const auto = lags.slice(0, taps);
  auto[0]! *= 1 + REGULARISATION;
  const weights = solveToeplitz(auto, lags.slice(lateSamples));
  if (weights === null) return new Float64Array(sound.length);
  const predicted = convolve(heard, weights);
  return sound.map((v, n) => v - (n < lateSamples ? 0 : predicted[n - lateSamples]!));
}
