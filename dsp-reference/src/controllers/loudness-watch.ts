/** Over which powers are smoothed. */
const POWER_S = 0.1;
const LISTEN_S = 0.3;
/** Louder than without, in power … */
const LOUDER = 2.5;
/** … for so long. */
const PATIENCE_S = 0.1;
/** −80 dBFS: below it microphones hear themselves. */
const QUIET = 1e-8;

/**
 * Notices that a canceller makes it louder. Its own estimate of the disturbance cannot show that when its model is
 * wrong, so the ratio of error to reference is compared with what it was while nothing played.
 */
export class LoudnessWatch {
  trips = 0;
  private readonly smoothing: number;
  private readonly listenSamples: number;
  private readonly patienceSamples: number;
  private without = { error: 0, reference: 0, samples: 0 };
  private error = 0;
  private reference = 0;
  private louderFor = 0;

  constructor(sampleRateHz: number) {
    this.smoothing = 1 / (POWER_S * sampleRateHz);
    this.listenSamples = Math.round(LISTEN_S * sampleRateHz);
    this.patienceSamples = Math.round(PATIENCE_S * sampleRateHz);
  }

  /** Whether it has heard enough without the canceller, since the start or the last trip. */
  get isReady(): boolean {
    return this.without.samples >= this.listenSamples;
  }

  /** What the error microphone would hear without the canceller, mean square; 0 before it has listened. */
  get expectedPower(): number {
    const { error, reference, samples } = this.without;
    return samples > 0 ? (error / reference) * (this.reference + QUIET) : 0;
  }

  /**
   * @param isPlaying only after isReady
   * @returns true when it has been louder for too long, or the limiter acted all that time
   */
  judge(reference: number, error: number, isPlaying: boolean, isHeld: boolean): boolean {
    this.error += this.smoothing * (error * error - this.error);
    this.reference += this.smoothing * (reference * reference - this.reference);
    if (!isPlaying) this.listen(reference, error);
    const isLouder = this.error > QUIET && this.error > LOUDER * this.expectedPower;
    this.louderFor = isPlaying && (isLouder || isHeld) ? this.louderFor + 1 : 0;
    if (this.louderFor < this.patienceSamples) return false;
    this.louderFor = 0;
    this.trips++;
    // after a change of the path the old ratio says nothing
    this.without = { error: 0, reference: 0, samples: 0 };
    return true;
  }

  /** Forgets what is older than LISTEN_S: before that a model may still have been wrong. */
  private listen(reference: number, error: number): void {
    const { without } = this;
    const keep = 1 - 1 / this.listenSamples;
    without.error = keep * without.error + error * error;
    without.reference = keep * without.reference + reference * reference + QUIET;
    without.samples++;
  }
}
