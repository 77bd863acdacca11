/**
 * Electrical cancelling of recorded noise, with and without speech in the primary: reference = a recording, primary =
 * the recording through a measured path, plus speech. How much each engine of `anc cancel` takes away, beside the bound.
 */
import { readdirSync } from 'node:fs';
import {
  coherenceBound,
  mono,
  noiseSource,
  readPaths,
  readWav,
  resample,
  rms,
} from '@anc/dsp-reference';
import { convolve } from '../dsp-reference/src/plant/convolve.ts';
import { dataFile } from '../dsp-reference/src/testing.ts';
import { createCanceller, type EngineName } from '../host/cancel/index.ts';

export const sampleRateHz = 48000;
/** RMS of the noise at the reference, and at the primary */
export const noiseDb = -23;
/** RMS of the own noise of each of the two inputs */
export const inputNoiseDb = -83;
/** speech over noise in the primary */
export const snrDb = 0;

export interface Scene {
  readonly noiseName: string;
  readonly pathLabel: string;
  /** reference with its input's noise */
  readonly x: Float64Array;
  /** noise in the primary, with its input's noise */
  readonly noise: Float64Array;
  /** speech in the primary */
  readonly speech: Float64Array;
}

const amplitude = (db: number) => 10 ** (db / 20);

function atLevel(signal: Float64Array, db: number): Float64Array {
  const gain = amplitude(db) / rms(signal);
  return signal.map((v) => v * gain);
}

function withInputNoise(signal: Float64Array, seed: number): Float64Array {
  const source = noiseSource('white', seed);
  return signal.map((v) => v + amplitude(inputNoiseDb) * source());
}

/** All utterances, one after the other, at 48 kHz; about 14 s. */
export async function readSpeech(): Promise<Float64Array> {
  const names = readdirSync(dataFile('speech')).filter((name) => name.endsWith('.wav'));
  const parts = await Promise.all(
    names.sort().map(async (name) => {
      const wav = await readWav(dataFile('speech', name));
      return resample(mono(wav.channels), wav.sampleRateHz, sampleRateHz);
    }),
  );
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

export function noiseNames(): string[] {
  return readdirSync(dataFile('noises'))
    .filter((name) => name.endsWith('.wav'))
    .map((name) => name.replace('.wav', ''))
    .sort();
}

/** As long as the speech; a shorter recording is repeated. */
export async function makeScene(
  noiseName: string,
  pathFile: string,
  speech: Float64Array,
): Promise<Scene> {
  const wav = await readWav(dataFile('noises', `${noiseName}.wav`));
  const sound = resample(mono(wav.channels), wav.sampleRateHz, sampleRateHz);
  const paths = await readPaths(dataFile('paths', pathFile));
  const source = speech.map((_, n) => sound[n % sound.length]!);
  const heard = convolve(source, paths.primary);
  return {
    noiseName,
    pathLabel: paths.label,
    x: withInputNoise(atLevel(source, noiseDb), 1),
    noise: withInputNoise(atLevel(heard, noiseDb), 2),
    speech: atLevel(speech, noiseDb + snrDb),
  };
}

/** What can be taken away of the noise at best over the judged half, dB; null for too little sound. */
export function boundOf({ x, noise }: Scene): number | null {
  const half = x.length >> 1;
  const options = { taps: 2048 };
  return (
    coherenceBound(x.subarray(half), noise.subarray(half), sampleRateHz, options)?.boundDb ?? null
  );
}

export interface Settings {
  readonly engine: EngineName;
  readonly taps: number;
  readonly stepSize: number;
}

/** Blocks make a long filter cheap: FDAF has four times the taps of the others at a fraction of their work. */
export function tapsOf(engine: EngineName): number {
  return engine === 'fdaf' ? 2048 : 512;
}

/**
 * A step that spares speech, with the same time constant for all: taps/µ samples of NLMS, partitions/µ blocks of FDAF.
 */
export function speechStepOf(engine: EngineName): number {
  return engine === 'fdaf' ? 0.02 : 0.005;
}

const powerDb = (signal: Float64Array) => 20 * Math.log10(rms(signal));

async function cancel(settings: Settings, x: Float64Array, d: Float64Array): Promise<Float64Array> {
  const canceller = await createCanceller({ ...settings, ioBits: 24 });
  const e = canceller.process(x, d);
  canceller.dispose();
  return e;
}

/** Noise over error by RMS, last half, nothing but noise in the primary. */
export async function noiseReductionDb(scene: Scene, settings: Settings): Promise<number> {
  const e = await cancel(settings, scene.x, scene.noise);
  const half = e.length >> 1;
  return powerDb(scene.noise.subarray(half)) - powerDb(e.subarray(half));
}

export interface SpeechResult {
  /** speech over everything else, after − before, last half */
  readonly snrImprovementDb: number;
  /** level of error − clean speech, relative to the speech, last half: remaining noise and what was done to the speech */
  readonly distortionDb: number;
}

export async function speechResult(scene: Scene, settings: Settings): Promise<SpeechResult> {
  const d = scene.noise.map((v, n) => v + scene.speech[n]!);
  const e = await cancel(settings, scene.x, d);
  const half = e.length >> 1;
  const wrong = powerDb(e.map((v, n) => v - scene.speech[n]!).subarray(half));
  return {
    snrImprovementDb: powerDb(scene.noise.subarray(half)) - wrong,
    distortionDb: wrong - powerDb(scene.speech.subarray(half)),
  };
}
