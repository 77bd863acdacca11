/** Fourth and fifth step: from a goal and what was measured to settings, each with its reason. Rules and sources: docs/tune.md. */
import type { Dictionary, ParameterScalar } from '@anc/link';
import type { PathFindings } from './path.ts';
import type { Reach } from './reach.ts';

export const GOALS = ['low-end', 'few-artefacts', 'robust'] as const;
export type Goal = (typeof GOALS)[number];

export const GOAL_TEXTS: Readonly<Record<Goal, string>> = {
  'low-end': 'more low end: all that this fit and latency allow',
  'few-artefacts': 'less artefacts: what goes wrong is ended sooner and is never loud',
  robust: 'robust fit: the model follows an ear piece that moves',
};

export interface Setting {
  readonly name: string;
  readonly value: ParameterScalar;
  readonly why: string;
}

/** A peak beyond what this noise needs, for one that is louder. */
const HEADROOM_DB = 6;
/** With less than this between the feedback loop and howling the drive is bounded whatever the goal. */
export const LEAST_MARGIN_DB = 12;
/** More than the model's own doubt, so that it alone raises no alarm. */
const DOUBT_DB = { 'low-end': 3, 'few-artefacts': 1.5, robust: 1.5 } as const;
const LEAST_THRESHOLD_DB = { 'low-end': 6, 'few-artefacts': 3, robust: 3 } as const;
const STEP_SHARE = { 'low-end': 1, 'few-artefacts': 0.5, robust: 0.5 } as const;
const LEAKAGE = { 'low-end': 0.01, 'few-artefacts': 0.01, robust: 0.05 } as const;

const halves = (v: number) => Math.ceil(2 * v) / 2;

/**
 * d̂ = e − ŝ∗y is the error without cancelling as far as ŝ is right. A model that explains E dB is wrong by 10^(−E/20) of
 * the anti-noise, which is about as loud as d: d̂ may read so much too low, and the error so much too high beside it.
 */
export function doubtOfModelDb(erleDb: number): number {
  return -20 * Math.log10(Math.max(0.1, 1 - 10 ** (-erleDb / 20)));
}

/** Between the loop of the best filter with the feedback path and howling; Infinity: the loudspeaker is not heard there. */
export function marginDb({ loop }: Pick<Reach, 'loop'>): number {
  return loop === null ? Infinity : -loop.gainDb;
}

export interface Facts {
  readonly path: Pick<PathFindings, 'identified' | 'fit'>;
  readonly reach: Pick<Reach, 'loop' | 'outputPeakDb'>;
  readonly dictionary: Dictionary;
}

/** Only parameters that this headset has, within its ranges, in the order in which they are to be set. */
export function settingsFor(goal: Goal, { path, reach, dictionary }: Facts): Setting[] {
  const { identified, fit } = path;
  const { taps, stepSize } = identified.suggested;
  const threshold = Math.max(
    LEAST_THRESHOLD_DB[goal],
    halves(doubtOfModelDb(identified.erleDb) + DOUBT_DB[goal]),
  );
  const margin = marginDb(reach);
  const isNarrow = margin < LEAST_MARGIN_DB;
  const isBounded = goal === 'robust' || isNarrow;
  const fullDb = dictionary.parameters.find(({ name }) => name === 'outputLimitDb')?.default ?? 0;
  const neededDb = halves(reach.outputPeakDb + HEADROOM_DB);
  const settings: Setting[] = [
    {
      name: 'algorithm',
      value: 'normalEquations',
      why: 'it solves for the best filter and needs no step',
    },
    { name: 'taps', value: taps, why: 'they reach down to 47 Hz' },
    {
      name: 'stepSize',
      value: STEP_SHARE[goal] * stepSize,
      why:
        STEP_SHARE[goal] === 1
          ? 'for FxNLMS: half of what is stable behind this path’s group delay'
          : 'for FxNLMS: a quarter of what is stable, half the noise of its own',
    },
    {
      name: 'leakage',
      value: LEAKAGE[goal],
      why:
        goal === 'robust'
          ? 'for FxNLMS: weights that nothing holds decay, when the path changes'
          : 'for FxNLMS: as small as is stable, for low frequencies',
    },
    {
      name: 'followPath',
      value: goal === 'robust',
      why:
        goal === 'robust'
          ? 'the model stays true when the ear piece moves, for up to 1 dB where it does not'
          : `no probe is played${fit === 'tight' ? '' : '; a loose fit moves, the goal robust would follow it'}`,
    },
    {
      name: 'divergenceThresholdDb',
      value: threshold,
      why: `a model that explains ${identified.erleDb.toFixed(1)} dB alone makes the error look ${doubtOfModelDb(identified.erleDb).toFixed(1)} dB too loud`,
    },
    {
      name: 'outputLimitDb',
      value: isBounded ? Math.min(Number(fullDb), neededDb) : Number(fullDb),
      why: isBounded
        ? `${isNarrow ? `${margin.toFixed(0)} dB from howling: ` : ''}this noise needs ${reach.outputPeakDb.toFixed(1)} dBFS, ${neededDb < Number(fullDb) ? `and ${HEADROOM_DB} dB more are left for louder` : 'and there is no more'}`
        : 'all that the board allows',
    },
  ];
  return settings.flatMap((setting) => {
    const parameter = dictionary.parameters.find(({ name }) => name === setting.name);
    if (!parameter) return [];
    if (parameter.type !== 'int') return [setting];
    const value = Math.min(parameter.max, Math.max(parameter.min, Number(setting.value)));
    return [{ ...setting, value: Number(value.toFixed(5)) }];
  });
}
