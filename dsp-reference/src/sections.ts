/** Second-order sections in double precision, as docs/plant.md defines them (R. Bristow-Johnson's cookbook forms). */

export type SectionKind =
  'lowpass' | 'highpass' | 'bandpass' | 'peaking' | 'lowShelf' | 'highShelf';

/** gainDb only counts for peaking and the shelves. */
export interface Section {
  readonly kind: SectionKind;
  readonly frequencyHz: number;
  readonly q: number;
  readonly gainDb?: number;
}

/** b0, b1, b2, a1, a2, divided by a0. */
export type Coefficients = readonly [number, number, number, number, number];

/** b0, b1, b2, a0, a1, a2 of c = cos w, alpha = sin w / 2Q, A = 10^(gainDb / 40). */
type Form = (c: number, alpha: number, A: number) => readonly number[];

const FORMS: Readonly<Record<SectionKind, Form>> = {
  lowpass: (c, a) => [(1 - c) / 2, 1 - c, (1 - c) / 2, 1 + a, -2 * c, 1 - a],
  highpass: (c, a) => [(1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + a, -2 * c, 1 - a],
  bandpass: (c, a) => [a, 0, -a, 1 + a, -2 * c, 1 - a],
  peaking: (c, a, A) => [1 + a * A, -2 * c, 1 - a * A, 1 + a / A, -2 * c, 1 - a / A],
  lowShelf: (c, a, A) => shelf(c, a, A, 1),
  highShelf: (c, a, A) => shelf(c, a, A, -1),
};

/** sign 1: the low shelf; -1: the high one, its mirror image. */
function shelf(c: number, alpha: number, A: number, sign: 1 | -1): number[] {
  const r = 2 * Math.sqrt(A) * alpha;
  const up = A + 1 + sign * (A - 1) * c;
  const down = A + 1 - sign * (A - 1) * c;
  return [
    A * (down + r),
    sign * 2 * A * (A - 1 - sign * (A + 1) * c),
    A * (down - r),
    up + r,
    -sign * 2 * (A - 1 + sign * (A + 1) * c),
    up - r,
  ];
}

/** The coefficients of a section at a sample rate in Hz. */
export function sectionCoefficients(section: Section, sampleRateHz = 48000): Coefficients {
  const w = (2 * Math.PI * section.frequencyHz) / sampleRateHz;
  const alpha = Math.sin(w) / (2 * section.q);
  const A = 10 ** ((section.gainDb ?? 0) / 40);
  const [b0, b1, b2, a0, a1, a2] = FORMS[section.kind](Math.cos(w), alpha, A) as number[];
  return [b0! / a0!, b1! / a0!, b2! / a0!, a1! / a0!, a2! / a0!];
}

/** A chain of sections with its state, transposed direct form II, starting from rest. */
export class SectionChain {
  private readonly coefficients: readonly Coefficients[];
  private readonly state: Float64Array;

  constructor(coefficients: readonly Coefficients[]) {
    this.coefficients = coefficients;
    this.state = new Float64Array(2 * coefficients.length);
  }

  next(input: number): number {
    const { state } = this;
    let x = input;
    for (let i = 0; i < this.coefficients.length; i++) {
      const [b0, b1, b2, a1, a2] = this.coefficients[i]!;
      const y = b0 * x + state[2 * i]!;
      state[2 * i] = b1 * x - a1 * y + state[2 * i + 1]!;
      state[2 * i + 1] = b2 * x - a2 * y;
      x = y;
    }
    return x;
  }
}

export function chainOf(sections: readonly Section[], sampleRateHz = 48000): SectionChain {
  return new SectionChain(sections.map((s) => sectionCoefficients(s, sampleRateHz)));
}
