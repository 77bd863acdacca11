/** From an unknown headset to a stored tuning, step by step. Whoever shows it listens to the events and decides. */
import { AncError, asAncError } from '@anc/link';
import type { Device } from '../device.ts';
import type { IdentifyOptions, IdentifyProgress } from '../identify.ts';
import { adapt, type AdaptProgress, type Adaptation } from './adapt.ts';
import type { Check } from './check.ts';
import { type Goal, type Setting, settingsFor } from './goals.ts';
import { inThread } from './in-thread.ts';
import { keep, type Kept } from './keep.ts';
import { measurePaths, type PathFindings } from './path.ts';
import type { Reach } from './reach.ts';
import { record } from './recording.ts';
import { type Before, readBefore, undo, type Undone } from './undo.ts';
import { verify, type Verification } from './verify.ts';

export type Step = 'check' | 'identify' | 'reach' | 'settings' | 'adapt' | 'verify' | 'keep';

export interface Derived {
  readonly goal: Goal;
  /** with the values that the headset took */
  readonly settings: readonly Setting[];
}

export type TuneEvent =
  | { readonly step: 'check' | 'reach'; readonly share: number }
  | { readonly step: 'identify'; readonly progress: IdentifyProgress }
  | { readonly step: 'adapt'; readonly progress: AdaptProgress }
  | { readonly step: 'verify'; readonly share: number; readonly what: 'off' | 'on' }
  | { readonly step: 'check'; readonly result: Check }
  | { readonly step: 'identify'; readonly result: PathFindings }
  | { readonly step: 'reach'; readonly result: Reach }
  | { readonly step: 'settings'; readonly result: Derived }
  | { readonly step: 'adapt'; readonly result: Adaptation }
  | { readonly step: 'verify'; readonly result: Verification }
  | { readonly step: 'keep'; readonly result: Kept }
  /** only when it ends early; `lost`: the headset could not be told */
  | { readonly step: 'undo'; readonly result: Undone | { readonly lost: AncError } };

/** What a person decides; unattended each answers at once. A rejection ends the tuning. */
export interface TuneDecisions {
  /** before a step that is heard */
  readonly ready: (step: 'check' | 'identify' | 'verify') => Promise<void>;
  readonly goal: (found: { path: PathFindings; reach: Reach }) => Promise<Goal>;
  readonly name: (verification: Verification) => Promise<{ name: string; file: string }>;
}

export interface TuneOptions {
  readonly identify: IdentifyOptions;
  /** of off and on, 2 to 10 */
  readonly turns: number;
  readonly secondsPerTurn: number;
}

export interface Tuning {
  readonly check: Check;
  readonly path: PathFindings;
  readonly reach: Reach;
  readonly derived: Derived;
  readonly adaptation: Adaptation;
  readonly verification: Verification;
  readonly kept: Kept;
}

const CHECK_S = 3;
const REACH_S = 10;
const SETTLE_S = 0.5;

/**
 * In the end the headset plays anc with the stored settings. Whatever ends it early, the headset is told to be as it was.
 * Errors: TUNE_…, those of identify and of the link, FILE_UNWRITABLE, or the signal's reason.
 */
export async function tune(
  device: Device,
  options: TuneOptions,
  decisions: TuneDecisions,
  onEvent: (event: TuneEvent) => void,
  signal: AbortSignal,
): Promise<Tuning> {
  signal.throwIfAborted();
  const before = await readBefore(device);
  try {
    return await steps(device, options, decisions, onEvent, signal, before);
  } catch (error) {
    const result = await undo(device, before).catch((lost: unknown) => ({
      lost: asAncError(lost),
    }));
    onEvent({ step: 'undo', result });
    throw error;
  }
}

async function steps(
  device: Device,
  options: TuneOptions,
  decisions: TuneDecisions,
  onEvent: (event: TuneEvent) => void,
  signal: AbortSignal,
  before: Before,
): Promise<Tuning> {
  if (before.values.get('mute') === true)
    throw new AncError('TUNE_MUTED', 'the output is muted', {
      hint: '`anc params set mute false`',
    });
  const listen = (step: 'check' | 'reach', seconds: number) =>
    record(
      device,
      { seconds, skipSeconds: SETTLE_S, channels: ['reference', 'error'] },
      (share) => onEvent({ step, share }),
      signal,
    );

  await decisions.ready('check');
  await device.setMode('off');
  const check = await inThread('check', await listen('check', CHECK_S), signal);
  onEvent({ step: 'check', result: check });

  await decisions.ready('identify');
  const path = await measurePaths(
    device,
    before.response,
    options.identify,
    (progress) => onEvent({ step: 'identify', progress }),
    signal,
  );
  onEvent({ step: 'identify', result: path });

  await device.setMode('off');
  const { samples, sampleRateHz } = await listen('reach', REACH_S);
  const { secondary, feedback } = path;
  const limitDb = device.dictionary.parameters.find(({ name }) => name === 'outputLimitDb');
  const reach = await inThread(
    'reach',
    {
      ...{ sampleRateHz, secondary, feedback },
      reference: samples.reference,
      disturbance: samples.error,
      taps: path.identified.suggested.taps,
      outputLimitDb: Number(limitDb?.default ?? 0),
    },
    signal,
  );
  onEvent({ step: 'reach', result: reach });

  const goal = await decisions.goal({ path, reach });
  const settings: Setting[] = [];
  for (const setting of settingsFor(goal, { path, reach, dictionary: device.dictionary })) {
    signal.throwIfAborted();
    settings.push({ ...setting, value: await device.setParameter(setting.name, setting.value) });
  }
  const derived = { goal, settings };
  onEvent({ step: 'settings', result: derived });

  await decisions.ready('verify');
  const adaptation = await adapt(
    device,
    (progress) => onEvent({ step: 'adapt', progress }),
    signal,
  );
  onEvent({ step: 'adapt', result: adaptation });

  const valueOf = async (name: string) => Number((await device.getParameter(name)).value);
  const question = {
    ...{ secondary, feedback },
    taps: await valueOf('taps'),
    outputLimitDb: await valueOf('outputLimitDb'),
  };
  const verification = await verify(
    device,
    { ...options, question },
    (share, what) => onEvent({ step: 'verify', share, what }),
    signal,
  );
  onEvent({ step: 'verify', result: verification });

  const { name, file } = await decisions.name(verification);
  signal.throwIfAborted();
  const measured = { check, path: summary(path), reach, settings, adaptation, verification };
  const created = new Date().toISOString();
  const kept = await keep(device, file, { name, created, goal, measured });
  onEvent({ step: 'keep', result: kept });
  return { check, path, reach, derived, adaptation, verification, kept };
}

/** Without the responses: the file has the model as the headset holds it. */
export function summary({ identified, fit, lowLossDb, polarity, doubtfulHz }: PathFindings) {
  return { identified, fit, lowLossDb, polarity, doubtfulHz };
}
