import { sampleRateHz } from '../../protocol/index.ts';
import { NoiseClassifier } from '../classifier/noise-classifier.ts';
import type { SecondReport } from './messages.ts';
import { octaveCentresHz } from './octave-centres.ts';
import { OctaveMeter } from './octaves.ts';
import { type Spectra, longSamples } from './spectra.ts';
import type { SoundListener } from './session-filter.ts';

/** Levels, octaves and kind of noise of a session, told once a second of sound. */
export class Analyser implements SoundListener {
  readonly #session: number;
  #classifier: NoiseClassifier | null = null;
  readonly #spectra: Spectra;
  readonly #octaves: OctaveMeter;
  #samples = 0;
  #inputSquares = 0;
  #outputSquares = 0;

  constructor(session: number, spectra: Spectra, isClassifying: boolean) {
    this.#session = session;
    this.#spectra = spectra;
    this.#octaves = new OctaveMeter(spectra.long);
    this.setClassifying(isClassifying);
  }

  setClassifying(isClassifying: boolean): void {
    if (!isClassifying) this.#classifier = null;
    else this.#classifier ??= new NoiseClassifier(this.#spectra.short);
  }

  add(
    input: Float32Array,
    output: Float32Array,
    count: number,
    inputSquares: number,
    outputSquares: number,
  ): void {
    this.#inputSquares += inputSquares;
    this.#outputSquares += outputSquares;
    this.#samples += count;
    // The meter looks at the end of the second alone.
    if (this.#samples > sampleRateHz - longSamples) this.#octaves.add(input, output, count);
    this.#classifier?.add(input, count, inputSquares);
  }

  /** @returns null before the second is full */
  takeSecond(): SecondReport | null {
    const samples = this.#samples;
    if (samples < sampleRateHz) return null;
    const bands = new Float64Array(2 * octaveCentresHz.length);
    const spectrum = this.#octaves.measure(bands);
    const report = {
      session: this.#session,
      samples,
      inputSquares: this.#inputSquares / samples,
      outputSquares: this.#outputSquares / samples,
      bands,
      noise: this.#classifier?.classify(spectrum) ?? null,
    };
    this.#samples = 0;
    this.#inputSquares = 0;
    this.#outputSquares = 0;
    return report;
  }
}
