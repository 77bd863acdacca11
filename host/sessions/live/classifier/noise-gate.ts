import type { ClassifiedNoise } from '../worker/messages.ts';

/** seconds that a kind has to hold before it is told */
const holdSeconds = 2;
/** below that a second says nothing */
const leastConfidence = 0.4;

/** From the kind of each second to events: a kind is told once, when it has held for some seconds. */
export class NoiseGate {
  #told: ClassifiedNoise['kind'] | null = null;
  #candidate: ClassifiedNoise['kind'] | null = null;
  #confidence = 0;
  #seconds = 0;

  /** @returns what is to be told now, with the mean confidence of its seconds */
  take({ kind, confidence }: ClassifiedNoise): ClassifiedNoise | null {
    if (confidence < leastConfidence) return null;
    if (kind !== this.#candidate) [this.#candidate, this.#confidence, this.#seconds] = [kind, 0, 0];
    this.#confidence += confidence;
    this.#seconds += 1;
    // An impulse is over before the next second.
    const hold = kind === 'impulse' ? 1 : holdSeconds;
    if (this.#seconds < hold || kind === this.#told) return null;
    this.#told = kind;
    return { kind, confidence: this.#confidence / this.#seconds };
  }
}
