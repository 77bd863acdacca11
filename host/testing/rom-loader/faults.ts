/** Faults of the line and of the chip, one by one, written as on the command line. */
export type FaultKind = 'drop' | 'corrupt' | 'hang' | 'disconnect';
/** `in`: Nth byte to the chip; `out`: Nth byte from it; `step`: before its Nth command; `reply`: instead of its Nth answer. */
export type FaultPlace = 'in' | 'out' | 'step' | 'reply' | 'written';

export interface Fault {
  readonly kind: FaultKind;
  readonly place: FaultPlace;
  /** From 1. */
  readonly at: number;
}

/** `drop@in:5000`, `corrupt@out:100`, `hang@step:12`, `disconnect@reply:3`, `disconnect@written:65536`. */
export function parseFault(text: string): Fault {
  const match = /^(drop|corrupt|hang|disconnect)@(in|out|step|reply|written):([1-9]\d*)$/.exec(
    text,
  );
  if (!match)
    throw new Error(`no fault '${text}': KIND@PLACE:N, as drop@in:5000 or disconnect@step:12`);
  return { kind: match[1] as FaultKind, place: match[2] as FaultPlace, at: Number(match[3]) };
}

/** Counts what passes and says when a fault's moment has come. Each happens once. */
export class Faults {
  #left: Fault[];
  readonly #counts: Record<FaultPlace, number> = { in: 0, out: 0, step: 0, reply: 0, written: 0 };

  constructor(faults: readonly Fault[] = []) {
    this.#left = [...faults];
  }

  /** Commands seen so far. */
  get steps(): number {
    return this.#counts.step;
  }

  /** The kind of fault that strikes now, if any. */
  next(place: FaultPlace, by = 1): FaultKind | null {
    const count = (this.#counts[place] += by);
    const due = this.#left.find((fault) => fault.place === place && fault.at <= count);
    if (!due) return null;
    this.#left = this.#left.filter((fault) => fault !== due);
    return due.kind;
  }

  /** Bytes as they arrive behind the faults of the line; null from where it is cut or hangs. */
  line(place: 'in' | 'out', bytes: Uint8Array): { bytes: Uint8Array; then: FaultKind | null } {
    if (!this.#left.some((fault) => fault.place === place)) {
      this.#counts[place] += bytes.length;
      return { bytes, then: null };
    }
    const passed: number[] = [];
    for (const byte of bytes) {
      const kind = this.next(place);
      if (kind === 'hang' || kind === 'disconnect')
        return { bytes: Uint8Array.from(passed), then: kind };
      if (kind !== 'drop') passed.push(kind === 'corrupt' ? byte ^ 0x55 : byte);
    }
    return { bytes: Uint8Array.from(passed), then: null };
  }
}
