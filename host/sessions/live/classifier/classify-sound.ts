import type { Core } from '@anc/wasm';
import { sampleRateHz } from '../../protocol/index.ts';
import type { ClassifiedNoise } from '../worker/messages.ts';
import { octaveCentresHz } from '../worker/octave-centres.ts';
import { OctaveMeter } from '../worker/octaves.ts';
import { createSpectra } from '../worker/spectra.ts';
import { NoiseClassifier } from './noise-classifier.ts';

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
