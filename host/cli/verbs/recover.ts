import { getBoard, loadBoards } from '@anc/boards';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import type { Answer } from '../../device/index.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { type DeviceOptions, interruptible, wholeNumber, withDevice } from '../session.ts';

interface Options extends DeviceOptions {
  reset?: true;
  restore?: string;
  board?: string;
}

/** The buttons of the boards, as their files tell. */
function instructions(id: string | undefined): string[] {
  const chosen = id === undefined ? loadBoards() : [getBoard(id)];
  const lines = (title: string, steps: readonly string[] = []) =>
    steps.length === 0 ? [] : [`  ${title}`, ...steps.map((step, i) => `    ${i + 1}. ${step}`)];
  return chosen.flatMap(({ id: name, recovery }) => {
    if (!recovery) return [];
    return [
      `${name}:`,
      ...lines('without its settings (safe mode):', recovery.safeMode),
      ...lines('for new firmware (`anc flash`):', recovery.downloadMode),
    ];
  });
}

async function candidates(given: string | undefined): Promise<string[]> {
  const named = given ?? process.env['ANC_DEVICE'];
  if (named) return [named];
  const { discover } = await import('../../device/index.ts');
  return (await discover()).map(({ uri }) => uri);
}

function stateText({ uri, info, error }: Answer): string {
  if (!info) return `${uri}: ${error!.message}`;
  const who = `${uri}: ${info.board} ${info.serialNumber}, firmware ${info.firmwareVersion}`;
  if (info.safeMode) return `${who}, in safe mode: it runs with the defaults`;
  if (!info.storeValid) return `${who}, without stored settings that it can read`;
  return `${who}, answers as it should (started by ${info.resetReason})`;
}

function advice({ info }: Answer): string[] {
  if (info?.safeMode || info?.storeValid === false)
    return [
      '`anc recover --reset` stores the defaults, `anc recover --restore FILE` a backup; `anc update` keeps one of each headset.',
    ];
  return [];
}

function noAnswer(answers: readonly Answer[], board: string | undefined): AncError {
  for (const line of instructions(board)) note(line);
  const tried = answers.map(stateText).join('; ');
  return new AncError(
    'RECOVER_NO_ANSWER',
    answers.length === 0
      ? 'there is no port where a headset could be'
      : `no headset answers: ${tried}`,
  );
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { askEach, readBackup, recoverSettings } = await import('../../device/index.ts');
  const timeoutMs = wholeNumber('timeout', options.timeout ?? '3000', 1, 600_000);
  const settings = options.restore === undefined ? null : await readBackup(options.restore);
  const uris = await candidates(options.device);
  const answers = await askEach(uris, { timeoutMs, signal }, (uri) => progress(`asking ${uri}`));
  endProgress();
  const answering = answers.filter(({ info }) => info !== null);
  if (answering.length === 0) throw noAnswer(answers, options.board);
  if (!options.reset && !settings) {
    result(
      answers.map(({ uri, info, error }) => ({ uri, info, error: error?.code ?? null })),
      () => answers.flatMap((answer) => [stateText(answer), ...advice(answer)]).join('\n'),
    );
    return;
  }
  if (answering.length > 1)
    throw new AncError(
      'DEVICE_SEVERAL',
      `several answer: ${answering.map(({ uri }) => uri).join(', ')}`,
    );
  const { uri } = answering[0]!;
  const onRestart = () => progress('restarting; waiting for the headset');
  const recovered = await recoverSettings(uri, settings, { timeoutMs, signal }, onRestart);
  endProgress();
  result({ uri, ...recovered }, () =>
    [
      `${recovered.stored} parameters stored: ${settings ? `those of ${options.restore}` : 'the defaults'}`,
      stateText({ uri, info: recovered.info, error: null }),
    ].join('\n'),
  );
}

export function recover(): Command {
  return withDevice(new Command('recover'))
    .description(
      'a headset that does not answer, or not as it should: what it says, and what to do',
    )
    .option('--reset', 'store the defaults, and restart')
    .option('--restore <file>', 'store the settings of a backup, and restart')
    .option('--board <id>', 'the buttons of this board only')
    .action((options: Options) => {
      if (options.reset && options.restore !== undefined)
        throw new AncError('USAGE', 'give --reset or --restore, not both');
      return interruptible((signal) => run(options, signal));
    });
}
