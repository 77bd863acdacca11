import { sampleRateHz } from '../../protocol/index.ts';
import { octaveCentresHz } from './octave-centres.ts';
import { OctaveMeter, spectrumBins } from './octaves.ts';
import type { SecondReport } from './messages.ts';
import { NoiseClassifier } from '../classifier/noise-classifier.ts';

const spectrum = new Float64Array(spectrumBins);

/** Levels, octaves and kind of noise of a session, told once a second of sound. */
export class Analyser {
  readonly #session: number;
  #classifier: NoiseClassifier | null;
  readonly #octaves = new OctaveMeter();
  #samples = 0;
  #inputSquares = 0;
  #outputSquares = 0;

  constructor(session: number, isClassifying: boolean) {
    this.#session = session;
    this.#classifier = isClassifying ? new NoiseClassifier() : null;
  }

  setClassifying(isClassifying: boolean): void {
    if (isClassifying) this.#classifier ??= new NoiseClassifier();
    else this.#classifier = null;
  }

  add(input: Float32Array, output: Float32Array, count: number): void {
    let [inputSquares, outputSquares] = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const [x, y] = [input[i]!, output[i]!];
      inputSquares += x * x;
      outputSquares += y * y;
    }
    this.#inputSquares += inputSquares;
    this.#outputSquares += outputSquares;
    this.#samples += count;
    this.#octaves.add(input, output, count);
    this.#classifier?.add(input, count);
  }

  /** @returns null before the second is full */
  takeSecond(): SecondReport | null {
    const samples = this.#samples;
    if (samples < sampleRateHz) return null;
    const bands = new Float64Array(2 * octaveCentresHz.length);
    this.#octaves.measure(bands, spectrum);
    const noise = this.#classifier?.classify(spectrum) ?? null;
    const report = {
      session: this.#session,
      samples,
      inputSquares: this.#inputSquares / samples,
      outputSquares: this.#outputSquares / samples,
      bands,
      noise,
    };
    [this.#samples, this.#inputSquares, this.#outputSquares] = [0, 0, 0];
    return report;
  }
}
