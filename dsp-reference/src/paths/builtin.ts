import { DspError } from '../errors.ts';
import { chainOf } from '../sections.ts';
import type { Section, SectionKind } from '../sections.ts';
import { PATHS_SAMPLE_RATE_HZ } from './paths.ts';
import type { Paths } from './paths.ts';

interface Response {
  readonly length: number;
  readonly delay: number;
  readonly gainDb: number;
  readonly sections: readonly Section[];
}

function section(kind: SectionKind, frequencyHz: number, q: number, gainDb?: number): Section {
  return { kind, frequencyHz, q, gainDb };
}

const EAR_RESONANCE = [section('peaking', 3800, 2, 10), section('lowpass', 4500, 0.8)];

const FEEDBACK: Response = {
  length: 128,
  delay: 5,
  gainDb: -60,
  sections: [
    section('highpass', 300, 0.7),
    section('peaking', 5000, 1, 12),
    section('lowpass', 9000, 0.7),
  ],
};

const PRIMARY: Readonly<Record<string, Response>> = {
  normal: {
    length: 1024,
    delay: 4,
    gainDb: 0,
    sections: [
      section('highShelf', 370, 1, -9),
      section('highShelf', 1900, 0.5, -14),
      section('lowpass', 9000, 0.7),
    ],
  },
  loose: {
    length: 1024,
    delay: 4,
    gainDb: -1,
    sections: [
      section('highShelf', 1300, 0.7, -7),
      section('highShelf', 3000, 0.7, -6),
      section('lowpass', 9000, 0.7),
    ],
  },
};

const SECONDARY: Readonly<Record<string, Response>> = {
  normal: {
    length: 512,
    delay: 3,
    gainDb: -12,
    sections: [
      section('highpass', 45, 0.7),
      section('lowShelf', 330, 0.8, 15.5),
      section('peaking', 1000, 1, -4),
      ...EAR_RESONANCE,
    ],
  },
  loose: {
    length: 512,
    delay: 3,
    gainDb: -12,
    sections: [
      section('highpass', 80, 0.7),
      section('lowShelf', 330, 0.8, 6),
      section('peaking', 700, 1, -5),
      ...EAR_RESONANCE,
    ],
  },
};

function impulseResponse(response: Response): Float64Array {
  const chain = chainOf(response.sections, PATHS_SAMPLE_RATE_HZ);
  const height = 10 ** (response.gainDb / 20);
  return Float64Array.from({ length: response.length }, (_, n) =>
    chain.next(n === response.delay ? height : 0),
  );
}

export const BUILTIN_FITS: readonly string[] = Object.keys(PRIMARY);

/**
 * The parametric paths of docs/plant.md.
 * @param name `builtin` (= `builtin:normal`), `builtin:normal` or `builtin:loose`
 * @throws DspError PATH_UNREADABLE when there is no such fit
 */
export function builtinPaths(name: string): Paths {
  const fit = name.replace(/^builtin:?/, '') || 'normal';
  const primary = PRIMARY[fit];
  const secondary = SECONDARY[fit];
  if (!Object.hasOwn(PRIMARY, fit) || !primary || !secondary) {
    throw new DspError('PATH_UNREADABLE', `There is no built-in path "${name}".`, {
      hint: `Built-in paths: ${BUILTIN_FITS.map((f) => `builtin:${f}`).join(', ')}.`,
    });
  }
  return {
    sampleRateHz: PATHS_SAMPLE_RATE_HZ,
    reference: Float64Array.of(1),
    primary: impulseResponse(primary),
    secondary: impulseResponse(secondary),
    feedback: impulseResponse(FEEDBACK),
    label: `builtin:${fit}`,
    fit,
  };
}
