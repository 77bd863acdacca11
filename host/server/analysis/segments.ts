import { type SignalFrame, type SignalName, signalBit, signalNames } from '../headset.ts';

/** Longest run of lost samples that is bridged by a straight line; a longer one starts the segment anew. */
const maxBridgedSamples = 2048;
/** A segment with more bridged samples than this share is not used. */
const maxBridgedShare = 0.05;

export interface Segment {
  /** Newest `size` samples of each channel that the stream carries, ±1. Valid only during the call. */
  readonly samples: Partial<Record<SignalName, Float64Array>>;
}

/** Cuts the signal stream into half-overlapping segments of `size` samples. */
export class Segmenter {
  readonly size: number;
  receivedSamples = 0;
  #onSegment: (segment: Segment) => void;
  #buffers: Record<SignalName, Float64Array>;
  #channels = 0;
  #names: SignalName[] = [];
  #fill = 0;
  #next = NaN;
  #bridged = 0;
  #skip = 0;

  constructor(size: number, onSegment: (segment: Segment) => void) {
    this.size = size;
    this.#onSegment = onSegment;
    const buffer = () => new Float64Array(size);
    this.#buffers = {
      reference: buffer(),
      error: buffer(),
      output: buffer(),
      disturbance: buffer(),
    };
  }

  /** Forgets what it holds and ignores the next samples: nothing of before mixes with what comes after. */
  restart(skipSamples = 0): void {
    this.#fill = 0;
    this.#bridged = 0;
    this.#skip = skipSamples;
    this.#next = NaN;
  }

  add(frame: SignalFrame): void {
    if (frame.channels !== this.#channels) {
      this.#channels = frame.channels;
      this.#names = signalNames.filter((name) => frame.channels & signalBit[name]);
      this.restart();
    }
    const stride = this.#names.length * 3;
    if (stride === 0) return;
    const count = Math.floor(frame.samples.length / stride);
    this.receivedSamples += count;
    if (this.#skip > 0) {
      this.#skip -= count;
      return;
    }
    this.#bridge(frame, frame.sampleIndex - this.#next);
    this.#next = frame.sampleIndex + count;
    for (let done = 0; done < count;) {
      const take = Math.min(count - done, this.size - this.#fill);
      this.#copy(frame.samples, done, take);
      done += take;
      if (this.#fill === this.size) this.#emit();
    }
  }

  #copy(bytes: Uint8Array, first: number, count: number): void {
    const stride = this.#names.length * 3;
    for (let c = 0; c < this.#names.length; c += 1) {
      const buffer = this.#buffers[this.#names[c]!];
      let at = first * stride + c * 3;
      for (let i = 0; i < count; i += 1, at += stride) {
        const raw = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
        buffer[this.#fill + i] = ((raw << 8) >> 8) / 0x800000;
      }
    }
    this.#fill += count;
  }

  #bridge(frame: SignalFrame, lost: number): void {
    if (Number.isNaN(lost) || lost === 0) return;
    if (lost < 0 || lost > maxBridgedSamples || this.#fill + lost >= this.size || !this.#fill) {
      this.#fill = 0;
      this.#bridged = 0;
      return;
    }
    const from = this.#fill;
    // The first sample after the gap lands behind it, is read back as the line's end and then overwritten by itself.
    this.#fill += lost;
    const end = this.#fill;
    this.#copy(frame.samples, 0, 1);
    this.#fill = end;
    for (const name of this.#names) {
      const buffer = this.#buffers[name];
      const start = buffer[from - 1]!;
      const step = (buffer[end]! - start) / (lost + 1);
      for (let i = 0; i < lost; i += 1) buffer[from + i] = start + step * (i + 1);
    }
    this.#bridged += lost;
  }

  #emit(): void {
    if (this.#bridged <= maxBridgedShare * this.size) {
      const samples: Partial<Record<SignalName, Float64Array>> = {};
      for (const name of this.#names) samples[name] = this.#buffers[name];
      this.#onSegment({ samples });
    }
    const half = this.size / 2;
    for (const name of this.#names) this.#buffers[name].copyWithin(0, half);
    this.#fill = half;
    this.#bridged = Math.floor(this.#bridged / 2);
  }
}
