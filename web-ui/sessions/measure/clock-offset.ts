import { SlidingMinimum } from './sliding-minimum.ts';

/** so long back the clocks have drifted by less than 3 ms at 100 ppm */
const spanMs = 30_000;

/**
 * Another clock’s offset, as NTP finds it: of the last half minute’s answers, the one that came back fastest has waited least
 * on the way, so its half round trip is the best guess of one way. The error is at most half of that round trip.
 */
export class ClockOffset {
  #fastest = new SlidingMinimum<number>(spanMs);

  /**
   * @param sentMs this clock, when the question went
   * @param remoteMs the other clock, when it answered
   * @param receivedMs this clock, when the answer came, less what the other side took for it
   */
  put(sentMs: number, remoteMs: number, receivedMs: number): void {
    const roundTripMs = receivedMs - sentMs;
    if (!(roundTripMs >= 0) || !Number.isFinite(remoteMs)) return;
    this.#fastest.put(roundTripMs, receivedMs, remoteMs - (sentMs + receivedMs) / 2);
  }

  /** Forgets what another server’s clock said. */
  reset(): void {
    this.#fastest = new SlidingMinimum(spanMs);
  }

  /** the other clock minus this one, ms; null before the first answer */
  get offsetMs(): number | null {
    return this.#fastest.least?.item ?? null;
  }

  get roundTripMs(): number | null {
    return this.#fastest.least?.value ?? null;
  }

  /** A time of the other clock by this one. */
  toLocalMs(remoteMs: number): number | null {
    const { offsetMs } = this;
    return offsetMs === null ? null : remoteMs - offsetMs;
  }
}
