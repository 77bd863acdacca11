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

  /**
   * @param isPlaying only after isReady
   * @returns true when it has been louder for too long, or the limiter acted all that time
   */
  judge(reference: number, error: number, isPlaying: boolean, isHeld: boolean): boolean {
    this.error += this.smoothing * (error * error - this.error);
    this.reference += this.smoothing * (reference * reference - this.reference);
    if (!isPlaying) this.listen(reference, error);
    const { without } = this;
    const ratio = without.error / without.reference;
    const isLouder = this.error > QUIET && this.error > LOUDER * ratio * (this.reference + QUIET);
    this.louderFor = isPlaying && (isLouder || isHeld) ? this.louderFor + 1 : 0;
    if (this.louderFor < this.patienceSamples) return false;
    this.louderFor = 0;
    this.trips++;
    // after a change of the path the old ratio says nothing
    this.without = { error: 0, reference: 0, samples: 0 };
    return true;
  }

  private listen(reference: number, error: number): void {
    this.without.error += error * error;
    this.without.reference += reference * reference + QUIET;
    this.without.samples++;
  }
}
