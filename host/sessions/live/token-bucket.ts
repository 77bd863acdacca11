import { nowMs } from './clock.ts';

/** So many at once, and so many a second in the long run. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, burst: number, atMs = nowMs()) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = atMs;
  }

  /** @returns false when there are not so many left; nothing is taken then */
  take(tokens: number, atMs = nowMs()): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (atMs - this.#atMs) * this.#perMs);
    this.#atMs = atMs;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** as many as at first: nobody has taken any lately */
  isFull(atMs = nowMs()): boolean {
    return this.#tokens + (atMs - this.#atMs) * this.#perMs >= this.#burst;
  }
}
