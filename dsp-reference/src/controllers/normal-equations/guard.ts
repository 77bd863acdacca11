/** Louder than off by this much, in power, is a fault … */
const LOUDER = 2;
/** … when it lasts for so many blocks. */
const PATIENCE = 3;
const PAUSE_MIN_S = 0.5;
const PAUSE_MAX_S = 8;
/** Of a block: below −80 dBFS microphones hear themselves. */
const QUIET = 1e-8;

export type Verdict = 'listen' | 'run' | 'trip';

/**
 * Watches that the canceller does not make it louder. Its own estimate of the disturbance cannot show that: with a
 * secondary model of the wrong sign it grows along with the error. So it compares with the ratio of error to reference that
 * it heard while nothing played. After a fault it rests, each time twice as long, and listens again.
 */
export class Guard {
  private readonly blockSeconds: number;
  private readonly listenBlocks: number;
  private offError = 0;
  private offReference = 0;
  private heard = 0;
  private louder = 0;
  private pause = 0;
  private pauseSeconds = PAUSE_MIN_S;
  private good = 0;
  trips = 0;

  constructor(blockSeconds: number, listenBlocks: number) {
    this.blockSeconds = blockSeconds;
    this.listenBlocks = listenBlocks;
  }

  /** @param powers mean squares of a block; `disturbance` is the estimate */
  judge(powers: { reference: number; error: number; disturbance: number }): Verdict {
    if (this.pause > 0) {
      this.pause--;
      return 'listen';
    }
    const reference = powers.reference + QUIET;
    if (this.heard < this.listenBlocks) {
      this.heard++;
      this.offError += powers.error;
      this.offReference += reference;
      return this.heard < this.listenBlocks ? 'listen' : 'run';
    }
    const expected = (this.offError / this.offReference) * reference;
    const isLouder =
      powers.error > QUIET &&
      (powers.error > 2 * LOUDER * expected || powers.error > LOUDER * powers.disturbance);
    this.louder = isLouder ? this.louder + 1 : 0;
    this.good = isLouder ? 0 : this.good + 1;
    if (this.good * this.blockSeconds > PAUSE_MAX_S) this.pauseSeconds = PAUSE_MIN_S;
    if (this.louder < PATIENCE) return 'run';
    this.trip();
    return 'trip';
  }

  private trip(): void {
    this.trips++;
    this.pause = Math.ceil(this.pauseSeconds / this.blockSeconds);
    this.pauseSeconds = Math.min(PAUSE_MAX_S, 2 * this.pauseSeconds);
    this.heard = 0;
    this.louder = 0;
    this.offError = 0;
    this.offReference = 0;
  }
}
