import type { Telemetry } from '../headset.ts';

const windowMs = 1500;

/** Exponential means of the telemetry's mean squares: what is left to say when the link is too slow for samples. */
export class TelemetryLevels {
  error = NaN;
  off = NaN;
  #lastMs = NaN;

  restart(): void {
    this.error = NaN;
    this.off = NaN;
  }

  add(telemetry: Telemetry, nowMs: number): void {
    if (Number.isNaN(this.error)) {
      this.error = telemetry.errorMeanSquare;
      this.off = telemetry.disturbanceMeanSquare;
    } else {
      const share = 1 - Math.exp(-Math.max(0, nowMs - this.#lastMs) / windowMs);
      this.error += share * (telemetry.errorMeanSquare - this.error);
      this.off += share * (telemetry.disturbanceMeanSquare - this.off);
    }
    this.#lastMs = nowMs;
  }

  /** dB, positive is quieter; null before the first telemetry or in silence. */
  attenuationDb(): number | null {
    return this.error > 0 && this.off > 0 ? 10 * Math.log10(this.off / this.error) : null;
  }
}
