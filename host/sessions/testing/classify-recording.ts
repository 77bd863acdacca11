import { mono, readWav, resample } from '@anc/dsp-reference';
import { type Core, loadCore } from '@anc/wasm';
import { classifySound } from '../live/classifier/classify-sound.ts';
import type { ClassifiedNoise } from '../live/worker/messages.ts';
import { sampleRateHz } from '../protocol/index.ts';

let core: Promise<Core> | null = null;

/** @throws DspError WAV_… */
export async function classifyRecording(file: string): Promise<ClassifiedNoise[]> {
  const wav = await readWav(file);
  const sound = resample(mono(wav.channels), wav.sampleRateHz, sampleRateHz);
  core ??= loadCore();
  return classifySound(await core, Float32Array.from(sound));
}
