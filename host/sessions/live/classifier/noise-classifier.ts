import type { SpectrumSession } from '@anc/wasm';
import { decibel } from '../decibel.ts';
import type { ClassifiedNoise } from '../worker/messages.ts';
import { shortSamples } from '../worker/spectra.ts';
import { Envelope, type Rhythm } from './envelope.ts';
import { SteadyLines } from './lines.ts';
import { type ToneWay, ToneTrack } from './tone-track.ts';

const hop = 512;
/** hops from one frame of the tone track to the next: 8.5 a second */
const frameHops = 11;

export interface NoiseFeatures {
  readonly rhythm: Rhythm;
  readonly tone: ToneWay;
  /** of steady lines in the power up to 6 kHz */
  readonly lines: number;
}

/** Listens to a session’s input and says once a second what it is, by a few features and plain limits. */
export class NoiseClassifier {
  readonly #envelope = new Envelope();
  readonly #lines = new SteadyLines();
  readonly #tones: ToneTrack;
  readonly #recent = new Float32Array(shortSamples);
  #collected = 0;
  #squares = 0;
  #hops = 0;

  constructor(spectrum: SpectrumSession) {
    this.#tones = new ToneTrack(spectrum);
  }

  /** @param squares the sum of the samples’ squares */
  add(input: Float32Array, count: number, squares: number): void {
    if (count === hop && this.#collected === 0) {
      this.#keep(input, 0, hop);
      this.#squares = squares;
      this.#hop();
      return;
    }
    for (let done = 0; done < count;) {
      const n = Math.min(count - done, hop - this.#collected);
      this.#keep(input, done, n);
      for (let i = done; i < done + n; i += 1) this.#squares += input[i]! * input[i]!;
      this.#collected += n;
      done += n;
      if (this.#collected === hop) this.#hop();
    }
  }

  /** Only the last hops before a frame of the tone track are kept. */
  #keep(input: Float32Array, from: number, count: number): void {
    const hopsToFrame = frameHops - 1 - (this.#hops % frameHops);
    if (hopsToFrame > 1) return;
    const to = (1 - hopsToFrame) * hop + this.#collected;
    for (let i = 0; i < count; i += 1) this.#recent[to + i] = input[from + i]!;
  }

  /** @param spectrum of the last 85 ms (`octaves.ts`) */
  features(spectrum: Float32Array): NoiseFeatures {
    return {
      rhythm: this.#envelope.measure(),
      tone: this.#tones.measure(),
      lines: this.#lines.share(spectrum),
    };
  }

  classify(spectrum: Float32Array): ClassifiedNoise {
    return classify(this.features(spectrum));
  }

  #hop(): void {
    this.#envelope.add(this.#squares / hop);
    this.#squares = 0;
    this.#collected = 0;
    this.#hops += 1;
    if (this.#hops % frameHops === 0) this.#tones.add(this.#recent);
  }
}

/** 0 at `none`, 1 at `full`, straight between. */
const ramp = (value: number, none: number, full: number) =>
  Math.max(0, Math.min(1, (value - none) / (full - none)));

/** The likeliest kind. Confidence is how far the features are within its limits, not a probability. */
export function classify({ rhythm, tone, lines }: NoiseFeatures): ClassifiedNoise {
  const levelDbfs = decibel(rhythm.power) ?? -120;
  if (levelDbfs < -60) return { kind: 'quiet', confidence: 0.5 + 0.5 * ramp(-levelDbfs, 60, 66) };
  const siren =
    ramp(tone.tonalShare, 0.4, 0.75) *
    ramp(tone.spanOctaves, 0.1, 0.25) *
    ramp(tone.voiceBand, 0.6, 0.9) *
    ramp(-rhythm.pauses, -0.45, -0.25);
  const impulse = ramp(rhythm.crestDb, 15, 22) * ramp(-rhythm.loudShare, -0.35, -0.2);
  const speech =
    ramp(rhythm.syllables, 0.3, 0.5) *
    ramp(rhythm.pauses, 0.1, 0.25) *
    ramp(tone.voiceBand, 0.25, 0.45);
  const hum = ramp(lines, 0.15, 0.4) * ramp(-rhythm.syllables, -0.35, -0.15);
  const scores = { siren, impulse, speech, hum } as const;
  const [kind, score] = (Object.entries(scores) as [keyof typeof scores, number][]).reduce(
    (best, entry) => (entry[1] > best[1] ? entry : best),
  );
  if (score >= 0.4) return { kind, confidence: score };
  return { kind: 'broadband', confidence: 1 - score };
}
