/** What each step of a tuning found, in words. */
import {
  type BandReach,
  type BandResult,
  type Check,
  type Derived,
  marginDb,
  type PathFindings,
  type Reach,
  remarksOn,
  type Tuning,
  type TuneEvent,
  type Undone,
  type Verification,
} from '../device/tuning/index.ts';
import { progressText } from './verbs/identify.ts';

const db = (v: number) => v.toFixed(1).replace(/^-(0\.0)$/, '$1');
const percent = (share: number) => `${Math.round(100 * share)} %`;

function checkText({ reference, error, coherenceDb, floorDb }: Check): string {
  return [
    'wiring and levels',
    `  reference ${db(reference.levelDb)} dBFS, peak ${db(reference.peakDb)}; error ${db(error.levelDb)} dBFS, peak ${db(error.peakDb)}: alive, not clipped`,
    `  they move together: the coherence would allow ${db(coherenceDb)} dB from 50 to 1000 Hz; floor of the error microphone at most ${db(floorDb)} dBFS`,
  ].join('\n');
}

function pathText(path: PathFindings): string {
  const { identified, fit, polarity } = path;
  const { octaves } = identified;
  const row = (cells: readonly (number | string)[]) =>
    cells.map((cell) => String(cell).padStart(6)).join('');
  return [
    'paths of the loudspeaker',
    `  accepted: ERLE ${db(identified.erleDb)} dB of the 8 that are needed, drive ${db(identified.driveDb)} dBFS, background ${db(identified.backgroundDb)} dBFS`,
    `  delay ${identified.delaySamples} samples, response of ${identified.modelTaps} taps behind it; fit ${fit}, polarity ${polarity === 'normal' ? 'right' : 'wrong'}`,
    `  octave, Hz      ${row(octaves.map(({ centreHz }) => centreHz))}`,
    `  confidence, dB  ${row(octaves.map(({ signalToErrorDb }) => signalToErrorDb.toFixed(0)))}`,
    ...remarksOn(path).map((remark) => `  note: ${remark}`),
  ].join('\n');
}

function table(head: string, rows: readonly (readonly [string, ...string[]])[]): string[] {
  return [
    head,
    ...rows.map(
      (cells) =>
        `  ${cells[0].padStart(8)}${cells
          .slice(1)
          .map((c) => c.padStart(9))
          .join('')}`,
    ),
  ];
}

function reachText(reach: Reach): string {
  const row = (name: string, b: BandReach) =>
    [name, db(b.offDb), db(b.boundDb), b.coherenceDb === null ? '–' : db(b.coherenceDb)] as const;
  const margin = marginDb(reach);
  return [
    'what this fit and latency can reach, for the sound of the last 10 s',
    ...table('      Hz    off dBFS    bound coherence', [
      ...reach.octaves.map((b) => row(String(b.centreHz), b)),
      row('50–1000', reach.band50To1000),
    ]),
    '  bound: best causal filter of that length on these paths, no octave audibly louder; coherence: if time did not matter; dB',
    `  it asks for a drive of ${db(reach.outputPeakDb)} dBFS; ${
      Number.isFinite(margin)
        ? `${margin.toFixed(0)} dB from howling through the reference microphone`
        : 'at the reference microphone the loudspeaker is not heard over the noise of the measurement'
    }`,
  ].join('\n');
}

function settingsText({ goal, settings }: Derived): string {
  return [
    `settings for the goal ${goal}`,
    ...settings.map(({ name, value, why }) => `  ${name} ${String(value)}: ${why}`),
  ].join('\n');
}

function verificationText(found: Verification): string {
  const row = (name: string, b: BandResult) =>
    [
      name,
      db(b.offDb),
      db(b.attenuationDb),
      `±${db(b.within95Db)}`,
      db(b.spreadDb),
      db(b.estimatedDb),
      db(b.boundDb),
    ] as const;
  return [
    `off and on in turns, ${found.turns} times ${found.secondsPerTurn} s each`,
    ...table('      Hz off dBFS    quieter     95 %   spread  at once    bound', [
      ...found.thirdOctaves.map((b) => row(String(b.centreHz), b)),
      row('50–1000', found.band50To1000),
    ]),
    '  third octaves at the error microphone, dB, positive is quieter. quieter: off minus on, mean of the turns, with the 95 %',
    '  confidence of that mean and the standard deviation of the turns. at once: by the headset’s own estimate of off in the',
    '  seconds of on. bound: best causal filter for those seconds. Welch, Hann windows of up to 16384 samples.',
  ].join('\n');
}

/** null: there is only progress to tell. */
export function resultText(event: TuneEvent): string | null {
  if (!('result' in event)) return null;
  switch (event.step) {
    case 'check':
      return checkText(event.result);
    case 'identify':
      return pathText(event.result);
    case 'reach':
      return reachText(event.result);
    case 'settings':
      return settingsText(event.result);
    case 'adapt': {
      const { attenuationDb, settledSeconds } = event.result;
      const settled =
        settledSeconds === null ? 'not steady yet' : `steady after ${settledSeconds} s`;
      return `learned: ${db(attenuationDb)} dB at all frequencies, ${settled}`;
    }
    case 'verify':
      return verificationText(event.result);
    case 'keep':
      return `stored and read back: ${Object.keys(event.result.stored).length} parameters; '${event.result.name}' is in ${event.result.file}`;
    case 'undo':
      return undoText(event.result);
  }
}

function undoText(result: Undone | { readonly lost: Error }): string {
  if ('lost' in result)
    return `the headset could not be told to go back (${result.lost.message}): it ends a test sound by itself after 1.5 s, and forgets what is not stored when it restarts`;
  const { mode, parameters, model } = result;
  return [
    `nothing was stored; the headset is in mode ${mode} again`,
    parameters.length > 0 ? `, ${parameters.join(', ')} as before` : '',
    model === 'new' ? '; it had no model and keeps the new one until it restarts' : '',
  ].join('');
}

/** null: nothing to tell. */
export function tuneProgressText(event: TuneEvent): string | null {
  if ('result' in event) return null;
  switch (event.step) {
    case 'check':
      return `listening, ${percent(event.share)}`;
    case 'reach':
      return event.share < 1
        ? `recording what can be reached, ${percent(event.share)}`
        : 'computing what can be reached …';
    case 'identify':
      return progressText(event.progress);
    case 'adapt':
      return `learning, ${event.progress.seconds} s: ${db(event.progress.attenuationDb)} dB`;
    case 'verify':
      return `verifying ${event.what}, ${percent(event.share)}`;
  }
}

/** Band, plant, noise and method in one line. */
export function verdictText({ path, derived, verification }: Tuning, device: string): string {
  const { attenuationDb, within95Db, boundDb } = verification.band50To1000;
  return `${device}, fit ${path.fit}, goal ${derived.goal}: ${db(attenuationDb)} ± ${db(within95Db)} dB from 50 to 1000 Hz at the error microphone (the bound is ${db(boundDb)}), off against on, ${verification.turns} turns of ${verification.secondsPerTurn} s in the noise around it.`;
}
