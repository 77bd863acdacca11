import { AncError } from '@anc/link';
import { Command } from 'commander';
import type { FlashEvent } from '../../device/flash/flash-headset.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { chooseDevice, wholeNumber } from '../session.ts';

interface Options {
  board?: string;
  port?: string;
  full?: true;
  eraseSettings?: true;
  loader?: true;
  backup?: string;
  baud: string;
  wait: string;
  json?: boolean;
}

const askMs = 800;

function timeText(seconds: number | null): string {
  if (seconds === null) return '';
  return seconds < 90 ? `, ${Math.ceil(seconds)} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}

function show(event: FlashEvent): void {
  if (event.event === 'step') {
    endProgress();
    return note(`${event.step}: ${event.text}`);
  }
  const { step, what, doneBytes, totalBytes, secondsLeft, ifCut } = event;
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  const care = ifCut === 'unbootable' ? ' (do not pull the cable)' : '';
  progress(`${step}: ${what} ${percent} %${timeText(secondsLeft)}${care}`);
}

/** The board's chip and what its file says for a headset that does not answer. */
async function boardNamed(id: string | undefined) {
  if (id === undefined) return null;
  const { loadBoards } = await import('@anc/boards');
  const boards = loadBoards();
  const found = boards.find((board) => board.id === id);
  if (!found) {
    const names = boards.map((board) => board.id).join(', ');
    throw new AncError('BOARD_UNKNOWN', `there is no board '${id}'`, {
      hint: `There are ${names}.`,
    });
  }
  return found;
}

async function run(file: string, options: Options): Promise<void> {
  const baudRate = wholeNumber('baud', options.baud, 9600, 3_000_000);
  const waitMs = 1000 * wholeNumber('wait', options.wait, 0, 600);
  const flash = await import('../../device/flash/node/index.ts');
  const board = await boardNamed(options.board);
  const firmware = await flash.openFirmwareFile(file);
  const uri = flash.uriOfPort(options.port ?? (await chooseDevice(undefined)));
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new AncError('INTERRUPTED', 'interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const { signal } = interrupt;
  try {
    const port = flash.flashPort(uri);
    const before = options.loader ? null : await flash.askHeadset(port, askMs, signal);
    if (before) {
      const { board: is, firmwareVersion } = before.hello;
      note(`headset: ${is}, firmware ${firmwareVersion}`);
    } else if (!options.loader) note('no firmware answers; looking for the chip’s loader');
    const folder = options.backup ?? flash.defaultBackupFolder();
    const backups: string[] = before ? [await flash.saveSettings(folder, before)] : [];
    const done = await flash.flashHeadset({
      port,
      firmwareFor: (chip) => {
        flash.checkBoardChip(board, chip);
        return firmware.forChip(chip, options.board ?? before?.hello.board);
      },
      board: before?.hello.board ?? options.board ?? null,
      full: options.full ?? false,
      eraseSettings: options.eraseSettings ?? false,
      baudRate,
      signal,
      recovery: flash.recoveryOf(board),
      onEvent: options.json ? (event) => event.event === 'step' && show(event) : show,
      onBackup: async (settings) => {
        // What the firmware could not tell is kept as it is in the flash.
        if (!before) backups.push(...(await flash.savePartitions(folder, settings)));
      },
    });
    endProgress();
    for (const backup of backups) note(`settings kept in ${backup}`);
    const { eraseSettings = false } = options;
    const back = { waitMs, before, eraseSettings, signal };
    const after = waitMs > 0 ? await flash.returned(port, done, back) : null;
    const version = after?.hello.firmwareVersion ?? done.version;
    const running = after && { board: after.hello.board, firmwareVersion: version };
    result({ ...done, running, backups }, () =>
      [
        `${done.chip} ${done.mac}: firmware ${done.oldVersion ?? 'none'} → ${version} in ${done.slot}`,
        `${done.writtenBytes} bytes written and compared, ${done.sameBytes} were there already`,
      ].join('\n'),
    );
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

export function flash(): Command {
  return new Command('flash')
    .description('write firmware into a headset over USB: docs/flash.md')
    .argument('[firmware]', 'a manifest or an image', 'manifest.json')
    .option('-b, --board <id>', 'the headset’s board (default: what its firmware says)')
    .option(
      '-p, --port <port>',
      '/dev/ttyACM0, serial://…, pty:… or tcp://… (default: the only one)',
    )
    .option('--loader', 'the chip waits in its loader (boot button): do not ask its firmware first')
    .option('--full', 'also the boot loader and the partition table: not safe against a cut')
    .option('--erase-settings', 'start with default settings')
    .option('--backup <folder>', 'where the settings are kept before anything is written')
    .option('--baud <rate>', 'of the serial line while flashing', '460800')
    .option('--wait <s>', 'how long to wait for the headset afterwards; 0 does not', '15')
    .action(run);
}
