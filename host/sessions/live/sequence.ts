/** What a chunk's number says about the ones before it. */
export interface Step {
  /** chunks of silence to put before it */
  readonly fills: number;
  /** it came after its successor, or again: its place is taken */
  readonly isLate: boolean;
}

/**
 * A longer gap than this is not filled: the client's playback stood still anyway, and goes on at the new number. 8 chunks
 * of 512 samples are 85 ms.
 */
export const maxFills = 8;

const next: Step = { fills: 0, isLate: false };
const late: Step = { fills: 0, isLate: true };
const gaps: readonly Step[] = Array.from({ length: maxFills + 1 }, (_, fills) => ({
  fills,
  isLate: false,
}));
/** A number this far behind is no straggler but a client that counts anew. */
const restartsBehind = 1000;

/** The numbers of a session's chunks, which wrap at 2³². */
export class Sequence {
  #expected: number | null = null;

  /** After a connection has come: its first number is taken as it is. */
  restart(): void {
    this.#expected = null;
  }

  /** the number for a chunk that came without one */
  get following(): number {
    return this.#expected ?? 0;
  }

  take(sequence: number): Step {
    const ahead = this.#expected === null ? 0 : (sequence - this.#expected) | 0;
    if (ahead < 0 && ahead > -restartsBehind) return late;
    this.#expected = (sequence + 1) >>> 0;
    if (ahead === 0) return next;
    return ahead > 0 && ahead <= maxFills ? gaps[ahead]! : next;
  }
}
