import { decibel } from '../decibel.ts';
import type { ClassifiedNoise } from '../worker/messages.ts';
import { Envelope, type Rhythm } from './envelope.ts';
import { lineShare } from './lines.ts';
import { type ToneWay, ToneTrack } from './tone-track.ts';

const hop = 512;
/** hops from one frame of the tone track to the next: 8.5 a second */
const frameHops = 11;
const frameSamples = 1024;

export interface NoiseFeatures {
  readonly rhythm: Rhythm;
  readonly tone: ToneWay;
  /** of lines in the power up to 6 kHz */
  readonly lines: number;
}

/** Listens to a session’s input and says once a second what it is, by a few features and plain limits. */
export class NoiseClassifier {
  readonly #envelope = new Envelope();
  readonly #tones = new ToneTrack();
  readonly #recent = new Float32Array(frameSamples);
  #collected = 0;
  #squares = 0;
  #hops = 0;

  add(input: Float32Array, count: number): void {
    for (let done = 0; done < count;) {
      const n = Math.min(count - done, hop - this.#collected);
      this.#recent.set(input.subarray(done, done + n), frameSamples - hop + this.#collected);
      for (let i = done; i < done + n; i += 1) this.#squares += input[i]! * input[i]!;
      this.#collected += n;
      done += n;
      if (this.#collected === hop) this.#hop();
    }
  }

  /** @param spectrum of the last 85 ms (`octaves.ts`) */
  features(spectrum: Float64Array): NoiseFeatures {
    return {
      rhythm: this.#envelope.measure(),
      tone: this.#tones.measure(),
      lines: lineShare(spectrum),
    };
  }

  classify(spectrum: Float64Array): ClassifiedNoise {
    return classify(this.features(spectrum));
  }

  #hop(): void {
    this.#envelope.add(this.#squares / hop);
    this.#squares = 0;
    this.#collected = 0;
    this.#hops += 1;
    if (this.#hops % frameHops === 0) this.#tones.add(this.#recent);
    this.#recent.copyWithin(0, hop);
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
    ramp(tone.tonalShare, 0.3, 0.7) *
    ramp(tone.spanOctaves, 0.08, 0.25) *
    ramp(-tone.stepOctaves, -0.3, -0.15);
  const impulse = ramp(rhythm.crestDb, 15, 25) * ramp(-rhythm.loudShare, -0.35, -0.15);
  const speech =
    ramp(rhythm.syllables, 0.3, 0.55) *
    ramp(rhythm.pauses, 0.1, 0.3) *
    ramp(tone.voiceBand, 0.4, 0.7);
  const hum = ramp(lines, 0.2, 0.5) * ramp(-rhythm.syllables, -0.35, -0.15);
  const scores = { siren, impulse, speech, hum } as const;
  const [kind, score] = (Object.entries(scores) as [keyof typeof scores, number][]).reduce(
    (best, entry) => (entry[1] > best[1] ? entry : best),
  );
  if (score >= 0.4) return { kind, confidence: score };
  return { kind: 'broadband', confidence: 1 - score };
}
