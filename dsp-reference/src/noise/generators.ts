/** The noises of docs/plant.md: deterministic, RMS 1 over long times. */
import { DspError } from '../errors.ts';
import { SectionChain, chainOf, sectionCoefficients } from '../sections.ts';
import type { Coefficients, Section } from '../sections.ts';
import { Random } from './random.ts';

export const NOISE_SAMPLE_RATE_HZ = 48000;
const RATE = NOISE_SAMPLE_RATE_HZ;

/** One sample per call. */
export type NoiseSource = () => number;

const lowCut = (frequencyHz: number): Section => ({ kind: 'highpass', frequencyHz, q: 0.7 });
const twoPoles = (frequencyHz: number): Section => ({ kind: 'lowpass', frequencyHz, q: 0.5 });
const GAIN_SAMPLES = 65536;

/** 1 / sqrt(sum of h²): brings white noise of RMS 1 back to RMS 1 behind the filter h. */
function normalising(filter: NoiseFilter): number {
  let energy = 0;
  for (let n = 0; n < GAIN_SAMPLES; n++) energy += filter(n === 0 ? 1 : 0) ** 2;
  return 1 / Math.sqrt(energy);
}

type NoiseFilter = (input: number) => number;

function chainFilter(coefficients: readonly Coefficients[]): NoiseFilter {
  const chain = new SectionChain(coefficients);
  return (input) => chain.next(input);
}

function shaped(random: Random, coefficients: readonly Coefficients[]): NoiseSource {
  const gain = normalising(chainFilter(coefficients));
  const filter = chainFilter(coefficients);
  return () => gain * filter(random.white());
}

function shapedBy(random: Random, sections: readonly Section[]): NoiseSource {
  return shaped(
    random,
    sections.map((s) => sectionCoefficients(s, RATE)),
  );
}

function white(random: Random): NoiseSource {
  return () => random.white();
}

/** Poles and zeros in turn, an octave apart: −3 dB per octave on average, with 0.1 dB of ripple. */
function pink(random: Random): NoiseSource {
  const root = (frequencyHz: number) => Math.exp((-2 * Math.PI * frequencyHz) / RATE);
  const coefficients = Array.from({ length: 6 }, (_, k): Coefficients => {
    return [1, -root(20 * 4 ** k), 0, -root(10 * 4 ** k), 0];
  });
  return shaped(random, coefficients);
}

function cabin(random: Random): NoiseSource {
  const rumble = shapedBy(random, [lowCut(30), twoPoles(150)]);
  return () => 0.99998 * rumble() + 0.0056 * random.white();
}

const HARMONICS = [0.5, 1, 0.35, 0.6, 0.25, 0.35, 0.15, 0.2, 0.1, 0.1];

function harmonics(): NoiseSource {
  const gain = Math.sqrt(2 / HARMONICS.reduce((sum, a) => sum + a * a, 0));
  let n = 0;
  let phase = 0;
  return () => {
    const t = n++ / RATE;
    let sum = 0;
    HARMONICS.forEach((a, i) => {
      const k = i + 1;
      sum += a * Math.sin(2 * Math.PI * (k * phase + 0.381966 * k * k));
    });
    const drift =
      0.02 * Math.sin(2 * Math.PI * 0.11 * t) + 0.01 * Math.sin(2 * Math.PI * 0.037 * t + 1);
    phase = (phase + (40 * (1 + drift)) / RATE) % 1;
    return gain * sum;
  };
}

function engine(random: Random): NoiseSource {
  const tones = harmonics();
  const floor = shapedBy(random, [lowCut(30), twoPoles(200)]);
  return () => 0.995 * tones() + 0.1 * floor();
}

const JOINT_PERIOD = 43200;
const AXLE_DISTANCE = 4320;

function joints(random: Random): NoiseSource {
  const resonators = (): NoiseFilter => {
    const body = chainOf([{ kind: 'bandpass', frequencyHz: 70, q: 4 }], RATE);
    const wheel = chainOf([{ kind: 'bandpass', frequencyHz: 220, q: 5 }], RATE);
    return (input) => body.next(input) + wheel.next(input);
  };
  const filter = resonators();
  // mean square of 0.7 + 0.6 u is 1.03
  const gain = normalising(resonators()) / Math.sqrt((2 / JOINT_PERIOD) * 1.03);
  let n = 0;
  return () => {
    const hit = n === 0 || n === AXLE_DISTANCE;
    n = (n + 1) % JOINT_PERIOD;
    return gain * filter(hit ? 0.7 + 0.6 * random.uniform() : 0);
  };
}

function train(random: Random): NoiseSource {
  const rumble = shapedBy(random, [lowCut(25), twoPoles(90)]);
  const rails = joints(random);
  return () => 0.85 * rumble() + 0.5 * rails() + 0.005 * random.white();
}

function sine(frequencyHz: number): NoiseSource {
  let n = 0;
  return () => Math.SQRT2 * Math.sin((2 * Math.PI * frequencyHz * n++) / RATE);
}

const KINDS: Readonly<Record<string, (random: Random) => NoiseSource>> = {
  cabin,
  engine,
  train,
  pink,
  white,
};

/** `cabin`, `engine`, `train`, `pink`, `white`; `sine:HZ` comes on top. */
export const NOISE_KINDS: readonly string[] = Object.keys(KINDS);

/**
 * A noise source of RMS 1 at 48 kHz.
 * @param kind one of NOISE_KINDS, or `sine:HZ` with 1..23999 Hz
 * @param seed u32; the same seed gives the same samples
 * @throws DspError NOISE_UNKNOWN
 */
export function noiseSource(kind: string, seed: number): NoiseSource {
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make) return make(new Random(seed));
  const frequencyHz = Number(/^sine:([\d.]+)$/.exec(kind)?.[1] ?? NaN);
  if (frequencyHz >= 1 && frequencyHz < RATE / 2) return sine(frequencyHz);
  throw new DspError('NOISE_UNKNOWN', `There is no noise "${kind}".`, {
    hint: `Noises: ${NOISE_KINDS.join(', ')}, sine:HZ (1 to ${RATE / 2 - 1}), or a WAV file.`,
  });
}

/** `count` samples of noiseSource, scaled to an RMS of levelDb dBFS (0 = full-scale square wave). */
export function makeNoise(
  kind: string,
  count: number,
  options: { seed?: number; levelDb?: number } = {},
): Float64Array {
  const source = noiseSource(kind, options.seed ?? 1);
  const gain = 10 ** ((options.levelDb ?? 0) / 20);
  return Float64Array.from({ length: count }, () => gain * source());
}
