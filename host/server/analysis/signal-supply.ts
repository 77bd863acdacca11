import { signalBit } from '../headset.ts';
import type { LogLevel } from '../panel-protocol.ts';

/** What to ask of the link, richest first. */
const ladder: readonly number[] = [
  signalBit.reference | signalBit.error | signalBit.output | signalBit.disturbance,
  signalBit.error | signalBit.disturbance,
  0,
];
const enoughShare = 0.9;
const patienceChecks = 4;
const retryMs = 60_000;

/**
 * Decides how many signals to ask for from the share of samples that arrives: a link that cannot carry them all gets
 * fewer, and in the end none, so that telemetry and commands stay quick. It tries again every minute.
 */
export class SignalSupply {
  share: number | null = null;
  #step = 0;
  #poorChecks = 0;
  #lastSamples = 0;
  #lastMs = NaN;
  #gaveUpMs = NaN;

  get channels(): number {
    return ladder[this.#step]!;
  }

  /** For the event log, after `channels` changed. */
  get note(): { level: LogLevel; code: string; text: string } {
    const texts = [
      'trying all signals again',
      'fewer signals: the link is too slow for all of them',
      'no signals: the link is too slow, figures come from telemetry',
    ];
    const level = this.#step === 0 ? 'info' : 'warning';
    return { level, code: 'signalsChanged', text: texts[this.#step]! };
  }

  restart(): void {
    this.#step = 0;
    this.#poorChecks = 0;
    this.#lastMs = NaN;
    this.share = null;
  }

  /** Call about once a second with the total of samples received. True when `channels` changed. */
  check(receivedSamples: number, sampleRateHz: number, nowMs: number): boolean {
    const elapsedMs = nowMs - this.#lastMs;
    const received = receivedSamples - this.#lastSamples;
    this.#lastMs = nowMs;
    this.#lastSamples = receivedSamples;
    if (this.channels === 0) {
      this.share = null;
      if (nowMs - this.#gaveUpMs < retryMs) return false;
      this.restart();
      return true;
    }
    if (!(elapsedMs > 0)) return false;
    const now = Math.min(1, received / ((sampleRateHz * elapsedMs) / 1000));
    this.share = this.share === null ? now : this.share + 0.4 * (now - this.share);
    this.#poorChecks = this.share < enoughShare ? this.#poorChecks + 1 : 0;
    if (this.#poorChecks < patienceChecks) return false;
    this.#step += 1;
    this.#poorChecks = 0;
    this.share = null;
    if (this.channels === 0) this.#gaveUpMs = nowMs;
    return true;
  }
}
