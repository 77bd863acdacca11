import { readFile } from 'node:fs/promises';
import { AncError, type GetUpdateResponse } from '@anc/link';
import { Command } from 'commander';
import type { Updated, UpdateProgress } from '../../device/index.ts';
import { endProgress, note, progress, result } from '../output.ts';
import {
  chooseDevice,
  type DeviceOptions,
  interruptible,
  useDevice,
  wholeNumber,
  withDevice,
} from '../session.ts';

interface Options extends DeviceOptions {
  status?: true;
  confirm?: true;
  rollBack?: true;
  backup?: string;
  force?: true;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function progressText(now: UpdateProgress): string {
  switch (now.step) {
    case 'send': {
      const left = now.secondsLeft === null ? '' : `, ${duration(now.secondsLeft)} left`;
      const share = ((100 * now.bytes) / now.totalBytes).toFixed(0);
      return `sending ${share} % of ${(now.totalBytes / 1024).toFixed(0)} KiB${left}`;
    }
    case 'verify':
      return `the headset verifies: ${((100 * now.bytes) / now.totalBytes).toFixed(0)} %`;
    case 'reconnect':
      return 'the link is lost; looking for the headset';
    case 'restart':
      return 'restarting; waiting for the headset';
    case 'trial':
      return `the new firmware tests itself, for ${duration(now.secondsLeft)} at most`;
    case 'backup':
      return `settings kept in ${now.file}`;
  }
}

/** Whether the running firmware is still the old one, if it ends here. */
function untouched(step: UpdateProgress['step'] | null): boolean {
  return step !== 'restart' && step !== 'trial';
}

function readable(error: unknown, step: UpdateProgress['step'] | null): unknown {
  if (!(error instanceof AncError) || error.code !== 'INTERRUPTED') return error;
  return untouched(step)
    ? new AncError('INTERRUPTED', 'interrupted; the running firmware is untouched', {
        hint: 'The same command goes on where this one stopped.',
      })
    : new AncError('INTERRUPTED', 'interrupted while the new firmware starts', {
        hint: 'It confirms itself or rolls back without this host: `anc update --status` shows which.',
      });
}

function resultText({ from, to, sent, backup, differences }: Updated): string {
  if (!sent && backup === null) return `firmware ${to} runs already`;
  const changed = differences.map(
    ({ name, from: before, to: after }) => `  ${name}: ${String(before)} → ${String(after)}`,
  );
  return [
    `firmware ${from} → ${to}`,
    changed.length === 0 ? 'the stored settings are the same' : 'stored settings that differ:',
    ...changed,
    `settings before: ${String(backup)}`,
  ].join('\n');
}

const states: Readonly<Record<string, string>> = {
  empty: 'empty',
  good: 'good',
  activated: 'tried at the next start',
  trial: 'on trial',
  rejected: 'rejected: it was tried and did not confirm itself',
};

function statusText(status: GetUpdateResponse): string {
  const slot = (state: string, version: string) =>
    [version, states[state] ?? state].filter((text) => text !== '').join(', ');
  const held =
    status.phase === 'idle'
      ? 'none'
      : `${status.phase}, ${status.heldBytes} of ${status.totalBytes} bytes` +
        (status.reason === 'none' ? '' : ` (${status.reason})`);
  const trial = status.trialLeftMs > 0 ? ` for ${duration(status.trialLeftMs / 1000)}` : '';
  return [
    ['running', slot(status.runningState, status.runningVersion) + trial],
    ['other slot', slot(status.otherState, status.otherVersion)],
    ['chip', `${status.chip}, slots of ${(status.slotBytes / 1024).toFixed(0)} KiB`],
    ['update', held],
  ]
    .map(([name, value]) => `${name!.padEnd(11)} ${value}`)
    .join('\n');
}

async function install(file: string | undefined, options: Options): Promise<void> {
  const { readImage, rollBack, updateFirmware } = await import('../../device/index.ts');
  const timeoutMs = wholeNumber('timeout', options.timeout ?? '3000', 1, 600_000);
  let image: ReturnType<typeof readImage> | null = null;
  if (file !== undefined)
    image = readImage(
      await readFile(file).catch((error: Error) => {
        throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
      }),
    );
  const uri = await chooseDevice(options.device);
  let step: UpdateProgress['step'] | null = null;
  const onProgress = (now: UpdateProgress) => {
    if (now.step === 'send' && step !== 'send' && now.fromByte > 0)
      note(`going on at byte ${now.fromByte} of ${now.totalBytes}`);
    if (now.step === 'backup') note(progressText(now));
    else progress(progressText(now));
    step = now.step;
  };
  try {
    const updated = await interruptible((signal) => {
      const how = {
        timeoutMs,
        signal,
        onProgress,
        force: options.force ?? false,
        ...(options.backup === undefined ? {} : { backup: options.backup }),
      };
      return image ? updateFirmware(uri, image, how) : rollBack(uri, how);
    });
    endProgress();
    result(updated, () => resultText(updated));
  } catch (error) {
    throw readable(error, step);
  }
}

function status(options: Options): Promise<void> {
  return useDevice(options, async (device) => {
    const { updateStatus } = await import('../../device/index.ts');
    const { sha256, ...found } = await updateStatus(device);
    const hash = Buffer.from(sha256).toString('hex');
    result({ ...found, sha256: hash }, () => statusText({ ...found, sha256 }));
  });
}

function confirm(options: Options): Promise<void> {
  return useDevice(options, async (device) => {
    const { updateStatus } = await import('../../device/index.ts');
    const { runningVersion } = await updateStatus(device);
    await device.request('updateConfirm');
    result({ confirmed: runningVersion }, () => `firmware ${runningVersion} is confirmed`);
  });
}

export function update(): Command {
  return withDevice(new Command('update'))
    .description(
      'new firmware over the running link; it rolls back by itself when it is not healthy',
    )
    .argument('[file]', 'firmware image')
    .option('--status', 'what runs, what is in the other slot, what has been sent')
    .option('--confirm', 'keep the firmware that is on trial, without waiting for its self-test')
    .option('--roll-back', 'restart into the firmware before')
    .option('--force', 'send it also when its version runs already')
    .option('--backup <file>', 'where the settings before go')
    .action((file: string | undefined, options: Options) => {
      const asked = [file, options.status, options.confirm, options.rollBack];
      if (asked.filter((one) => one !== undefined).length !== 1)
        throw new AncError('USAGE', 'give a firmware image, --status, --confirm or --roll-back');
      if (options.status) return status(options);
      if (options.confirm) return confirm(options);
      return install(file, options);
    });
}
