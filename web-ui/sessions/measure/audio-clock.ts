import { SlidingMinimum } from './sliding-minimum.ts';

const spanMs = 10_000;

/**
 * The audio clock’s frames as times of the page. A message about frame F cannot come before F was captured, so of
 * `now − F` the least is the offset; what exceeds it is waiting for the sound device’s burst and for the page. Ten seconds
 * of drift between both clocks are below 2 ms at 200 ppm.
 */
export class AudioClock {
  #sampleRateHz: number;
  #offset = new SlidingMinimum(spanMs);

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
  }

  /** @param frame one past the last that the message is about */
  put(frame: number, nowMs: number): void {
    this.#offset.put(nowMs - (1000 * frame) / this.#sampleRateHz, nowMs, undefined);
  }

  /** null before the first message */
  toMs(frame: number): number | null {
    const { least } = this.#offset;
    return least && least.value + (1000 * frame) / this.#sampleRateHz;
  }
}
