import { mono, readWav, resample } from '@anc/dsp-reference';
import { type Core, loadCore } from '@anc/wasm';
import { NoiseClassifier } from '../live/classifier/noise-classifier.ts';
import { OctaveMeter } from '../live/worker/octaves.ts';
import { createSpectra } from '../live/worker/spectra.ts';
import { octaveCentresHz } from '../live/worker/octave-centres.ts';
import type { ClassifiedNoise } from '../live/worker/messages.ts';
import { sampleRateHz } from '../protocol/index.ts';

const hop = 512;

/** What the classifier says of each second of a sound at 48 kHz, as in a session. */
export function classifySound(core: Core, sound: Float32Array): ClassifiedNoise[] {
  const spectra = createSpectra(core);
  const classifier = new NoiseClassifier(spectra.short);
  const octaves = new OctaveMeter(spectra.long);
  const bands = new Float64Array(2 * octaveCentresHz.length);
  const kinds: ClassifiedNoise[] = [];
  let samples = 0;
  for (let at = 0; at + hop <= sound.length; at += hop) {
    const part = sound.subarray(at, at + hop);
    classifier.add(
      part,
      hop,
      part.reduce((sum, v) => sum + v * v, 0),
    );
    octaves.add(part, part, hop);
    samples += hop;
    if (samples < sampleRateHz) continue;
    samples = 0;
    kinds.push(classifier.classify(octaves.measure(bands)));
  }
  spectra.short.dispose();
  spectra.long.dispose();
  return kinds;
}

let core: Promise<Core> | null = null;

/** @throws DspError WAV_… */
export async function classifyRecording(file: string): Promise<ClassifiedNoise[]> {
  const wav = await readWav(file);
  const sound = resample(mono(wav.channels), wav.sampleRateHz, sampleRateHz);
  core ??= loadCore();
  return classifySound(await core, Float32Array.from(sound));
}
