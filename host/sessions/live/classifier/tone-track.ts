import type { SpectrumSession } from '@anc/wasm';
import { shortBinHz } from '../worker/spectra.ts';

/** frames of two seconds */
const kept = 16;
const binOf = (hz: number) => Math.round(hz / shortBinHz);
/** where the tone may be */
const tone = { low: binOf(400), high: binOf(3000) };
/** Below it hum and wind hide a siren, above it there is little of any. */
const all = { low: binOf(200), high: binOf(8000) };
const voice = { low: binOf(300), high: binOf(3400) };

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

/** Follows the strongest tone, 8 frames a second. */
export class ToneTrack {
  readonly #spectrum: SpectrumSession;
  readonly #hz = new Float64Array(kept);
  readonly #share = new Float64Array(kept);
  readonly #voice = new Float64Array(kept);
  #at = 0;
  #count = 0;

  constructor(spectrum: SpectrumSession) {
    this.#spectrum = spectrum;
  }

  /** @param frame the last 21 ms */
  add(frame: Float32Array): void {
    this.#spectrum.signal.set(frame);
    this.#spectrum.process();
    this.#take(this.#spectrum.power);
  }

  measure(): ToneWay {
    const steps: number[] = [];
    const tones: number[] = [];
    let [last, spoken] = [0, 0];
    const start = this.#count < kept ? 0 : this.#at;
    for (let i = 0; i < this.#count; i += 1) {
      const at = (start + i) % kept;
      spoken += this.#voice[at]!;
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
      voiceBand: this.#count > 0 ? spoken / this.#count : 0,
    };
  }

  #take(power: Float32Array): void {
    let total = 1e-30;
    let spoken = 0;
    let peak = tone.low;
    for (let k = all.low; k <= all.high; k += 1) total += power[k]!;
    for (let k = voice.low; k <= voice.high; k += 1) spoken += power[k]!;
    for (let k = tone.low; k <= tone.high; k += 1) if (power[k]! > power[peak]!) peak = k;
    const [below, at, above] = [power[peak - 1]!, power[peak]!, power[peak + 1]!];
    const lean = (above - below) / (2 * (2 * at - above - below) + 1e-30);
    this.#hz[this.#at] = (peak + Math.max(-0.5, Math.min(0.5, lean))) * shortBinHz;
    this.#share[this.#at] = (below + at + above) / total;
    this.#voice[this.#at] = spoken / total;
    this.#at = (this.#at + 1) % kept;
    this.#count = Math.min(kept, this.#count + 1);
  }
}
