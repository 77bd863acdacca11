import { sampleRateHz } from '../../protocol/index.ts';
import { NoiseClassifier } from '../classifier/noise-classifier.ts';
import type { SecondReport } from './messages.ts';
import { octaveCentresHz } from './octave-centres.ts';
import { OctaveMeter, meterSamples, spectrumBins } from './octaves.ts';
import type { SoundListener } from './session-filter.ts';

const spectrum = new Float64Array(spectrumBins);

/** Levels, octaves and kind of noise of a session, told once a second of sound. */
export class Analyser implements SoundListener {
  readonly #session: number;
  #classifier: NoiseClassifier | null = null;
  readonly #octaves = new OctaveMeter();
  #samples = 0;
  #inputSquares = 0;
  #outputSquares = 0;

  constructor(session: number, isClassifying: boolean) {
    this.#session = session;
    this.setClassifying(isClassifying);
  }

  setClassifying(isClassifying: boolean): void {
    if (!isClassifying) this.#classifier = null;
    else this.#classifier ??= new NoiseClassifier();
  }

  add(
    input: Float32Array,
    output: Float32Array,
    at: number,
    count: number,
    inputSquares: number,
    outputSquares: number,
  ): void {
    this.#inputSquares += inputSquares;
    this.#outputSquares += outputSquares;
    this.#samples += count;
    // The meter looks at the end of the second alone.
    if (this.#samples > sampleRateHz - meterSamples) this.#octaves.add(input, output, at, count);
    this.#classifier?.add(input, count, inputSquares);
  }

  /** @returns null before the second is full */
  takeSecond(): SecondReport | null {
    const samples = this.#samples;
    if (samples < sampleRateHz) return null;
    const bands = new Float64Array(2 * octaveCentresHz.length);
    this.#octaves.measure(bands, spectrum);
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
