import { SlidingMinimum } from './sliding-minimum.ts';

const spanMs = 3000;

/**
 * The audio clock’s frames as times of the page. A message about frame F cannot come before F was captured, so of
 * `now − F` the least is the offset; what exceeds it is waiting for the sound device’s burst and for the page. Three
 * seconds: when a busy machine makes the sound device miss a burst, the audio clock stands still for it.
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
