import { fft } from '../../../../dsp-reference/src/fft.ts';
import { sampleRateHz } from '../../protocol/index.ts';

/** The strongest narrow tone in 85 frames of 10 s: two seconds of its way are kept. */
const size = 1024;
const kept = 16;
const binHz = sampleRateHz / size;
const lowBin = Math.round(400 / binHz);
const highBin = Math.round(3000 / binHz);
/** below it hum and wind hide a siren; above it there is little of any */
const totalBins = { low: Math.round(200 / binHz), high: Math.round(8000 / binHz) };
const hann = Float64Array.from(
  { length: size },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
);
const re = new Float64Array(size);
const im = new Float64Array(size);
const power = new Float64Array(totalBins.high + 1);

export interface ToneWay {
  /** share of the frames that have one tone with more than a third of the power from 200 Hz to 8 kHz */
  readonly tonalShare: number;
  /** highest over lowest frequency of the middle 90 % of those frames, octaves */
  readonly spanOctaves: number;
  /** median step from one such frame to the next, octaves */
  readonly stepOctaves: number;
  /** median frequency */
  readonly hz: number;
  /** share of the power from 200 Hz to 8 kHz that lies between 300 Hz and 3.4 kHz */
  readonly voiceBand: number;
}

/** Follows the strongest tone, 8 frames a second. Two frames share a transform. */
export class ToneTrack {
  readonly #first = new Float32Array(size);
  #hasFirst = false;
  readonly #hz = new Float64Array(kept);
  readonly #share = new Float64Array(kept);
  readonly #voice = new Float64Array(kept);
  #at = 0;
  #count = 0;

  /** @param frame the last 1024 samples, oldest first */
  add(frame: Float32Array): void {
    if (!this.#hasFirst) {
      this.#first.set(frame);
      this.#hasFirst = true;
      return;
    }
    this.#hasFirst = false;
    for (let i = 0; i < size; i += 1) {
      re[i] = this.#first[i]! * hann[i]!;
      im[i] = frame[i]! * hann[i]!;
    }
    fft(re, im);
    for (const sign of [1, -1]) {
      for (let k = totalBins.low; k <= totalBins.high; k += 1) {
        const [a, b, c, d] = [re[k]!, im[k]!, re[size - k]!, im[size - k]!];
        power[k] = sign > 0 ? (a + c) ** 2 + (b - d) ** 2 : (b + d) ** 2 + (a - c) ** 2;
      }
      this.#take();
    }
  }

  measure(): ToneWay {
    const steps: number[] = [];
    const tones: number[] = [];
    let [last, voice] = [0, 0];
    const start = this.#count < kept ? 0 : this.#at;
    for (let i = 0; i < this.#count; i += 1) {
      const at = (start + i) % kept;
      voice += this.#voice[at]!;
      const isTonal = this.#share[at]! > 1 / 3;
      if (isTonal) {
        tones.push(this.#hz[at]!);
        if (last > 0) steps.push(Math.abs(Math.log2(this.#hz[at]! / last)));
      }
      last = isTonal ? this.#hz[at]! : 0;
    }
    tones.sort((a, b) => a - b);
    steps.sort((a, b) => a - b);
    const cut = Math.floor(tones.length / 20);
    return {
      tonalShare: this.#count > 0 ? tones.length / kept : 0,
      spanOctaves: tones.length > 1 ? Math.log2(tones.at(-1 - cut)! / tones[cut]!) : 0,
      stepOctaves: steps[steps.length >> 1] ?? Infinity,
      hz: tones[tones.length >> 1] ?? 0,
      voiceBand: this.#count > 0 ? voice / this.#count : 0,
    };
  }

  #take(): void {
    let [total, voice, peak] = [1e-30, 0, lowBin];
    for (let k = totalBins.low; k <= totalBins.high; k += 1) {
      const value = power[k]!;
      total += value;
      if (k * binHz >= 300 && k * binHz <= 3400) voice += value;
      if (k >= lowBin && k <= highBin && value > power[peak]!) peak = k;
    }
    const [below, at, above] = [power[peak - 1]!, power[peak]!, power[peak + 1]!];
    const lean = (above - below) / (2 * (2 * at - above - below) + 1e-30);
    this.#hz[this.#at] = (peak + Math.max(-0.5, Math.min(0.5, lean))) * binHz;
    this.#share[this.#at] = (below + at + above) / total;
    this.#voice[this.#at] = voice / total;
    this.#at = (this.#at + 1) % kept;
    this.#count = Math.min(kept, this.#count + 1);
  }
}
