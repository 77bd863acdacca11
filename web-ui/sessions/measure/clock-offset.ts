/**
 * Another clock's offset, as NTP finds it: of the last answers, the one that came back fastest has waited least on the way,
 * so its half round trip is the best guess of one way. The error is at most half of that round trip.
 */
export class ClockOffset {
  #keep: number;
  #answers: { roundTripMs: number; offsetMs: number }[] = [];

  /** @param keep how many answers are looked back at: few enough that drift of the clocks does not matter */
  constructor(keep = 32) {
    this.#keep = keep;
  }

  /**
   * @param sentMs this clock, when the question went
   * @param remoteMs the other clock, when it answered
   * @param receivedMs this clock, when the answer came
   */
  put(sentMs: number, remoteMs: number, receivedMs: number): void {
    const roundTripMs = receivedMs - sentMs;
    if (!(roundTripMs >= 0) || !Number.isFinite(remoteMs)) return;
    this.#answers.push({ roundTripMs, offsetMs: remoteMs - (sentMs + receivedMs) / 2 });
    if (this.#answers.length > this.#keep) this.#answers.shift();
  }

  /** Forgets what another server's clock said. */
  reset(): void {
    this.#answers = [];
  }

  get #best(): { roundTripMs: number; offsetMs: number } | null {
    return this.#answers.reduce<{ roundTripMs: number; offsetMs: number } | null>(
      (best, answer) => (best && best.roundTripMs <= answer.roundTripMs ? best : answer),
      null,
    );
  }

  /** the other clock minus this one, ms; null before the first answer */
  get offsetMs(): number | null {
    return this.#best?.offsetMs ?? null;
  }

  get roundTripMs(): number | null {
    return this.#best?.roundTripMs ?? null;
  }

  /** A time of the other clock by this one. */
  toLocalMs(remoteMs: number): number | null {
    const { offsetMs } = this;
    return offsetMs === null ? null : remoteMs - offsetMs;
  }
}
