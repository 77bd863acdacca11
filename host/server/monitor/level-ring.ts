import type { LevelColumns } from '../panel-protocol.ts';
import { powerDb, rounded } from './levels.ts';

/** One instant; powers are mean squares, 1 being that of a full-scale square wave. */
export interface LevelPoint {
  readonly timeMs: number;
  readonly reference: number;
  readonly error: number;
  readonly off: number;
  readonly output: number;
  /** dB; NaN where there is none. */
  readonly attenuationDb: number;
}

const columns = ['timeMs', 'reference', 'error', 'off', 'output', 'attenuationDb'] as const;

/** A bounded history in typed columns: the oldest point is overwritten. */
export class LevelRing {
  readonly capacity: number;
  #data: Record<(typeof columns)[number], Float64Array>;
  #written = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    const column = () => new Float64Array(capacity);
    this.#data = {
      timeMs: column(),
      reference: column(),
      error: column(),
      off: column(),
      output: column(),
      attenuationDb: column(),
    };
  }

  get length(): number {
    return Math.min(this.#written, this.capacity);
  }

  push(point: LevelPoint): void {
    const at = this.#written % this.capacity;
    for (const name of columns) this.#data[name][at] = point[name];
    this.#written += 1;
  }

  /** The newest `count` points, oldest first, in dBFS. */
  columns(count = this.length): LevelColumns {
    const first = this.#written - Math.min(count, this.length);
    const read = <T>(name: (typeof columns)[number], convert: (value: number) => T) =>
      Array.from({ length: this.#written - first }, (_, i) =>
        convert(this.#data[name][(first + i) % this.capacity]!),
      );
    const level = (power: number) => rounded(powerDb(power));
    return {
      timeMs: read('timeMs', Math.round),
      referenceDb: read('reference', level),
      errorDb: read('error', level),
      offDb: read('off', level),
      outputDb: read('output', level),
      attenuationDb: read('attenuationDb', (db) => (Number.isNaN(db) ? null : rounded(db))),
    };
  }
}

/** Joins points into power means over fixed intervals, so that a fast stream fits a slow ring. */
export class LevelDecimator {
  readonly intervalMs: number;
  #slot = NaN;
  #sum = { reference: 0, error: 0, off: 0, output: 0 };
  #count = 0;
  #last: LevelPoint | null = null;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  /** The point that the new one completed, if it did. A gap ends the interval before it. */
  add(point: LevelPoint): LevelPoint | null {
    const slot = Math.floor(point.timeMs / this.intervalMs);
    const done = slot === this.#slot ? null : this.#flush();
    this.#slot = slot;
    this.#sum.reference += point.reference;
    this.#sum.error += point.error;
    this.#sum.off += point.off;
    this.#sum.output += point.output;
    this.#count += 1;
    this.#last = point;
    return done;
  }

  #flush(): LevelPoint | null {
    if (this.#last === null) return null;
    const { reference, error, off, output } = this.#sum;
    const n = this.#count;
    const point = {
      timeMs: this.#last.timeMs,
      reference: reference / n,
      error: error / n,
      off: off / n,
      output: output / n,
      attenuationDb: this.#last.attenuationDb,
    };
    this.#sum = { reference: 0, error: 0, off: 0, output: 0 };
    this.#count = 0;
    this.#last = null;
    return point;
  }
}
