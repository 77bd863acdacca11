import { percentile } from '../measure/percentile.ts';

export interface JitterBufferOptions {
  readonly chunkSamples?: number;
  /** length of every cross-fade, samples */
  readonly fadeSamples?: number;
  /** beside the measured jitter, samples */
  readonly marginSamples?: number;
  /** the longest that is waited for a late chunk, samples */
  readonly mostSamples?: number;
  readonly sampleRateHz?: number;
}

export interface JitterStats {
  /** how much later than the fastest chunk the sound is played, and is meant to be; samples */
  readonly targetSamples: number;
  readonly delaySamples: number;
  readonly depthSamples: number;
  readonly underruns: number;
  /** how often a piece was left out because the delay was longer than needed */
  readonly skips: number;
  /** chunks that never came */
  readonly lost: number;
  /** samples without sound of their own */
  readonly concealedSamples: number;
}

/** The first sample of a chunk, and the frame of the audio clock at which it was taken. */
export interface Start {
  readonly sequence: number;
  readonly frame: number;
}

/** arrivals that the jitter is measured by: 5.5 s of chunks */
const arrivals = 512;
/** with fewer arrivals the jitter is not known yet, and is taken as one chunk */
const fewArrivals = 48;
const jitterShare = 0.98;
/** of what an underrun raised the target to, a tenth goes a second */
const forgettingPerSecond = 0.1;
/** a delay that is longer than the target by less is left as it is, samples */
const slackSamples = 192;

/**
 * Evens out the arrival of chunks. All in frames of one audio clock: chunk n that arrives at a is late by
 * `a − n·512 − least`, and the sound is played `target` after the fastest chunk, where the target is a percentile of that
 * lateness. An underrun raises the target at once; it falls slowly, and then pieces are left out. Every jump is a
 * cross-fade: from where the old sound would have gone on, or from its mirror image when there is none.
 */
export class JitterBuffer {
  readonly #chunk: number;
  readonly #fade: number;
  readonly #margin: number;
  readonly #most: number;
  readonly #rateHz: number;
  #queue: { sequence: number; samples: Float32Array; at: number }[] = [];
  #lastSequence: number | null = null;
  /** a − n·512 of the last arrivals, a ring */
  #offsets: number[] = [];
  #least = 0;
  #jitter = 0;
  #held = 0;
  #playing = false;
  /** sequence of the chunk that was last played */
  #played: number | null = null;
  /** what fades out, and how much of it has */
  #tail: Float32Array;
  #tailAt: number;
  #history: Float32Array;
  #historyAt = 0;
  #sinceLook = 0;
  #spare = Infinity;
  #delay = 0;
  #counts = { underruns: 0, skips: 0, lost: 0, concealedSamples: 0 };

  constructor({
    chunkSamples = 512,
    fadeSamples = 240,
    marginSamples = 128,
    mostSamples = 12_000,
    sampleRateHz = 48_000,
  }: JitterBufferOptions = {}) {
    this.#chunk = chunkSamples;
    this.#fade = fadeSamples;
    this.#margin = marginSamples;
    this.#most = mostSamples;
    this.#rateHz = sampleRateHz;
    this.#tail = new Float32Array(fadeSamples);
    this.#tailAt = fadeSamples;
    this.#history = new Float32Array(fadeSamples);
  }

  get stats(): JitterStats {
    return {
      ...this.#counts,
      targetSamples: this.#target,
      delaySamples: this.#delay,
      depthSamples: this.#depth,
    };
  }

  get #target(): number {
    const measured = this.#offsets.length < fewArrivals ? this.#chunk : this.#jitter;
    return Math.min(this.#most, Math.max(measured + this.#margin, this.#held));
  }

  get #depth(): number {
    return this.#queue.reduce((sum, { samples, at }) => sum + samples.length - at, 0);
  }

  /**
   * @param sequence counts up by one a chunk; older ones than the last are left out
   * @param now frame of the audio clock
   */
  put(sequence: number, samples: Float32Array, now: number): void {
    if (this.#lastSequence !== null) {
      if (sequence <= this.#lastSequence) return;
      this.#counts.lost += sequence - this.#lastSequence - 1;
    }
    this.#lastSequence = sequence;
    this.#measure(now - sequence * this.#chunk);
    this.#queue.push({ sequence, samples, at: 0 });
  }

  #measure(offset: number): void {
    this.#offsets.push(offset);
    if (this.#offsets.length > arrivals) this.#offsets.shift();
    this.#least = this.#offsets.reduce((least, value) => Math.min(least, value), Infinity);
    this.#jitter = percentile(this.#offsets, jitterShare)! - this.#least;
    // It came after its time: the next one may be as late.
    if (!this.#playing && this.#counts.underruns > 0)
      this.#held = Math.min(this.#most, Math.max(this.#held, offset - this.#least + this.#margin));
  }

  /**
   * @param output filled whole
   * @param now frame of the audio clock of its first sample
   * @returns the chunks that begin in it
   */
  read(output: Float32Array, now: number): Start[] {
    const starts: Start[] = [];
    this.#look(output.length, now);
    for (let i = 0; i < output.length; i += 1) {
      const value = this.#faded(this.#next(now + i, starts));
      output[i] = value;
      this.#history[this.#historyAt] = value;
      this.#historyAt = (this.#historyAt + 1) % this.#fade;
    }
    return starts;
  }

  /** One sample of the stream, or silence. */
  #next(now: number, starts: Start[]): number {
    const head = this.#queue[0];
    if (this.#playing && head?.at === 0 && head.sequence !== this.#played! + 1) this.#stop();
    if (!this.#playing && head && now >= this.#startOf(head) + this.#target) {
      this.#crossFade();
      this.#playing = true;
      this.#spare = Infinity;
    }
    if (this.#playing && !head) {
      this.#counts.underruns += 1;
      this.#stop();
    }
    if (!this.#playing || !head) {
      if (this.#played !== null) this.#counts.concealedSamples += 1;
      return 0;
    }
    if (head.at === 0) starts.push({ sequence: head.sequence, frame: now });
    this.#played = head.sequence;
    this.#delay = now - this.#startOf(head);
    const value = head.samples[head.at]!;
    this.#leaveOut(1);
    return value;
  }

  /** Until the time of the next chunk has come. */
  #stop(): void {
    this.#crossFade();
    this.#playing = false;
  }

  /** The frame at which the chunk’s present sample would be played without any delay. */
  #startOf({ sequence, at }: { sequence: number; at: number }): number {
    return this.#least + sequence * this.#chunk + at;
  }

  /** The new sound comes in while the old one goes. */
  #faded(value: number): number {
    if (this.#tailAt >= this.#fade) return value;
    this.#tailAt += 1;
    const share = this.#tailAt / (this.#fade + 1);
    return value * share + this.#tail[this.#tailAt - 1]! * (1 - share);
  }

  /** From the mirror image of the sound so far, which is continuous with it. */
  #crossFade(): void {
    const fade = this.#fade;
    this.#tail = Float32Array.from({ length: fade }, (_, i) => {
      return this.#history[(this.#historyAt + fade - 1 - i) % fade]!;
    });
    this.#tailAt = 0;
  }

  /** Once a second: is the delay longer than needed, and is there enough sound that a piece can be left out? */
  #look(samples: number, now: number): void {
    this.#held *= 1 - (forgettingPerSecond * samples) / this.#rateHz;
    const head = this.#queue[0];
    if (!this.#playing || !head || this.#tailAt < this.#fade) return;
    const depth = this.#depth;
    this.#spare = Math.min(this.#spare, depth);
    this.#sinceLook += samples;
    const excess = now - this.#startOf(head) - this.#target;
    const isFar = excess > this.#most;
    if (this.#sinceLook < this.#rateHz && !isFar) return;
    this.#sinceLook = 0;
    const spare = isFar ? depth : this.#spare - this.#margin;
    this.#spare = Infinity;
    const leftOut = Math.floor(Math.min(excess, spare - this.#fade));
    if (excess > slackSamples && leftOut > 0) this.#skip(leftOut);
  }

  #skip(count: number): void {
    this.#tail = this.#ahead(this.#fade);
    this.#tailAt = 0;
    this.#leaveOut(count);
    this.#counts.skips += 1;
  }

  /** The next samples, which stay. */
  #ahead(count: number): Float32Array {
    const ahead = new Float32Array(count);
    let filled = 0;
    for (const { samples, at } of this.#queue) {
      const part = samples.subarray(at, at + count - filled);
      ahead.set(part, filled);
      filled += part.length;
      if (filled === count) break;
    }
    return ahead;
  }

  #leaveOut(count: number): void {
    for (let left = count; left > 0 && this.#queue.length > 0;) {
      const head = this.#queue[0]!;
      const part = Math.min(left, head.samples.length - head.at);
      head.at += part;
      left -= part;
      if (head.at < head.samples.length) continue;
      this.#played = head.sequence;
      this.#queue.shift();
    }
  }
}
