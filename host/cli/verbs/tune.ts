import { createInterface } from 'node:readline/promises';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import type { Device } from '../../device/index.ts';
import type { Goal, TuneDecisions, TuneEvent } from '../../device/tuning/index.ts';
import { oneOf } from '../offline.ts';
import { endProgress, isJson, note, progress, result } from '../output.ts';
import { type DeviceOptions, useDevice, wholeNumber, withDevice } from '../session.ts';
import { resultText, tuneProgressText, verdictText } from '../tune-text.ts';
import { excitationNamed, within } from './identify.ts';

interface Options extends DeviceOptions {
  yes?: true;
  goal?: string;
  name?: string;
  file?: string;
  load?: string;
  excitation: string;
  seconds: string;
  maxDriveDb: string;
  turns: string;
  turnSeconds: string;
}

const GOALS: readonly Goal[] = ['low-end', 'few-artefacts', 'robust'];
const FILE_NAME = /^[\w.-]+$/;

function nameOf(text: string): string {
  if (FILE_NAME.test(text)) return text;
  throw new AncError('USAGE', `a tuning's name has letters, digits, '.', '_', '-', not '${text}'`);
}

function suggestedName(device: Device, goal: Goal): string {
  const { serialNumber, board } = device.info;
  const day = new Date().toISOString().slice(0, 16).replace(':', '');
  return `${serialNumber || board}-${goal}-${day}`.replaceAll(/[^\w.-]/g, '_');
}

function fileOf(options: Options, name: string): string {
  return options.file ?? `tunings/${name}.json`;
}

/** Answers at once what the options say. */
function unattended(device: Device, options: Options, goal: Goal): TuneDecisions {
  return {
    ready: () => Promise.resolve(),
    goal: () => Promise.resolve(goal),
    name: () => {
      const name = options.name ?? suggestedName(device, goal);
      return Promise.resolve({ name, file: fileOf(options, name) });
    },
  };
}

/** Asks at the terminal; Ctrl-C ends the question, too. */
function asking(device: Device, options: Options, signal: AbortSignal): TuneDecisions {
  let chosen: Goal = 'low-end';
  const ask = async (question: string): Promise<string> => {
    endProgress();
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.on('SIGINT', () => process.emit('SIGINT'));
    try {
      return (await terminal.question(question, { signal })).trim();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      terminal.close();
    }
  };
  const questions = {
    check: 'Put the headset on and play the noise that it is tuned for. Enter: listen ',
    identify: 'A test sound follows; it begins softly and Ctrl-C ends it. Enter: play it ',
    verify: 'It learns now, then off and on alternate. Keep still. Enter: begin ',
  };
  return {
    ready: async (step) => void (await ask(questions[step])),
    goal: async ({ path }) => {
      const { GOAL_TEXTS } = await import('../../device/tuning/index.ts');
      const likely: Goal = path.fit === 'tight' ? 'low-end' : 'robust';
      GOALS.forEach((goal, i) => note(`  ${i + 1} ${GOAL_TEXTS[goal]}`));
      for (;;) {
        const answer = await ask(`Goal (1 to 3, Enter: ${likely}) `);
        const goal = answer === '' ? likely : (GOALS[Number(answer) - 1] ?? answer);
        const known = GOALS.find((g) => g === goal);
        if (known) return (chosen = known);
      }
    },
    name: async () => {
      const suggested = suggestedName(device, chosen);
      for (;;) {
        const answer = await ask(`Name (Enter: ${suggested}; Ctrl-C stores nothing) `);
        const name = answer || suggested;
        if (FILE_NAME.test(name)) return { name, file: fileOf(options, name) };
      }
    },
  };
}

async function load(file: string, options: Options): Promise<void> {
  const { applyTuning, readTuning } = await import('../../device/tuning/index.ts');
  const tuning = await readTuning(file);
  await useDevice(options, async (device) => {
    const applied = await applyTuning(device, tuning);
    result(applied, () =>
      [
        `'${applied.name}': the model and ${Object.keys(applied.set).length} parameters are set; \`anc params store\` keeps the parameters`,
        ...applied.refused.map(({ name, why }) => `${name} was not set: ${why}`),
      ].join('\n'),
    );
  });
}

async function run(options: Options): Promise<void> {
  if (options.load !== undefined) return load(options.load, options);
  const goal = options.goal === undefined ? undefined : oneOf('goal', options.goal, GOALS);
  if (options.name !== undefined) nameOf(options.name);
  const isAsking = !options.yes && process.stdin.isTTY && !isJson();
  if (!options.yes && !isAsking)
    throw new AncError('USAGE', 'there is no terminal to ask at', {
      hint: 'With --yes it runs unattended; --goal and --name say what it would ask.',
    });
  const settings = {
    identify: {
      excitation: excitationNamed(options.excitation),
      seconds: within('seconds', options.seconds, 1, 10),
      maxDriveDb: within('max-drive-db', options.maxDriveDb, -60, -6),
    },
    turns: wholeNumber('turns', options.turns, 2, 10),
    secondsPerTurn: within('turn-seconds', options.turnSeconds, 1, 60),
  };
  const { summary, tune: run } = await import('../../device/tuning/index.ts');
  await useDevice(options, async (device, signal) => {
    const onEvent = (event: TuneEvent) => {
      const now = tuneProgressText(event);
      if (now !== null) progress(now);
      const text = resultText(event);
      if (text === null) return;
      endProgress();
      note(isJson() && event.step !== 'undo' ? text.split('\n')[0]! : text);
    };
    const answers = unattended(device, options, goal ?? 'low-end');
    const asked = isAsking ? asking(device, options, signal) : answers;
    const decisions: TuneDecisions = {
      ...asked,
      ...(goal ? { goal: answers.goal } : {}),
      ...(options.name !== undefined ? { name: answers.name } : {}),
    };
    const found = await run(device, settings, decisions, onEvent, signal);
    endProgress();
    result({ ...found, path: summary(found.path) }, () =>
      verdictText(found, `${device.info.board} ${device.info.serialNumber}`.trim()),
    );
    note('it plays anc now; `anc tune --load FILE` gives a restarted headset its model again');
  });
}

export function tune(): Command {
  return withDevice(new Command('tune'))
    .description('from an unknown headset to a verified, stored tuning, step by step')
    .option('-y, --yes', 'ask nothing: goal low-end, a name with the date')
    .option('--goal <goal>', GOALS.join(', '))
    .option('--name <name>', 'of the tuning')
    .option('--file <file>', 'where it goes (default: tunings/NAME.json)')
    .option('--load <file>', 'set model and parameters of a tuning instead')
    .option('--excitation <kind>', 'white, mls or sweep', 'white')
    .option('--seconds <s>', 'of measuring the paths, 1 to 10', '4')
    .option('--max-drive-db <db>', 'loudest the sound may become, RMS, -60 to -6 dBFS', '-20')
    .option('--turns <n>', 'of off and on, 2 to 10', '3')
    .option('--turn-seconds <s>', 'each, 1 to 60', '5')
    .action((options: Options) => run(options));
}
