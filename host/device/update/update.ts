/** New firmware over the running link: sent, verified, tried, and compared; at every cut the old one goes on. */
import { AncError, asAncError, type GetUpdateResponse } from '@anc/link';
import type { Device } from '../device.ts';
import {
  backupFile,
  differencesOf,
  readSettings,
  type SettingsDifference,
  writeBackup,
} from '../settings-backup.ts';
import type { UpdateImage } from './image.ts';
import { connect, findAgain, isLost, type LinkOptions, pause, pollMs, restart } from './link.ts';
import { reasonError, rolledBack, unsupported } from './errors.ts';

export type UpdateProgress =
  | { readonly step: 'backup'; readonly file: string }
  | {
      readonly step: 'send' | 'verify';
      readonly bytes: number;
      readonly totalBytes: number;
      /** From where this run goes on. */
      readonly fromByte: number;
      readonly secondsLeft: number | null;
    }
  | { readonly step: 'reconnect' }
  | { readonly step: 'restart' }
  | { readonly step: 'trial'; readonly secondsLeft: number };

export interface UpdateOptions extends LinkOptions {
  /** Of the settings before. Default: a file in $XDG_STATE_HOME/anc/backups. */
  readonly backup?: string;
  /** Sends firmware of the version that runs already, too. */
  readonly force?: boolean;
  readonly onProgress?: (progress: UpdateProgress) => void;
}

export interface Updated {
  readonly from: string;
  readonly to: string;
  /** false: it was there already, from an earlier run. */
  readonly sent: boolean;
  /** Null when nothing was sent. */
  readonly backup: string | null;
  /** Stored settings before against those after. */
  readonly differences: readonly SettingsDifference[];
}

/** Beside offset and tags in a frame of 1024 bytes. */
const chunkBytes = 960;
const busyMs = 20;

/** The headset's present connection, opened when it is wanted. */
class Link {
  #device: Device | null = null;
  readonly uri: string;
  readonly options: UpdateOptions;

  constructor(uri: string, options: UpdateOptions) {
    this.uri = uri;
    this.options = options;
  }

  async connect(): Promise<Device> {
    return (this.#device ??= await connect(this.uri, this.options));
  }

  async find(onLost: () => void): Promise<Device> {
    return (this.#device ??= await findAgain(this.uri, this.options, onLost));
  }

  async drop(): Promise<void> {
    const device = this.#device;
    this.#device = null;
    await device?.close();
  }

  async restart(request: 'reboot' | 'updateRollBack'): Promise<void> {
    await restart(await this.connect(), request);
    await this.drop();
  }
}

/** Errors: UPDATE_UNSUPPORTED, and those of any request. */
export async function updateStatus(device: Device): Promise<GetUpdateResponse> {
  try {
    return await device.request('getUpdate');
  } catch (error) {
    const { code } = asAncError(error);
    if (code === 'DEVICE_NOT_READY' || code === 'DEVICE_UNKNOWN_MESSAGE') throw unsupported(device);
    throw error;
  }
}

/** What can be said before a byte is sent. */
function check(device: Device, image: UpdateImage, status: GetUpdateResponse): void {
  const { chip, board, bytes } = image;
  if (chip !== status.chip)
    throw reasonError('wrongChip', `the image is for ${chip}, the headset has ${status.chip}`);
  if (board !== '' && board !== device.info.board)
    throw reasonError(
      'wrongBoard',
      `the image is for ${board}, the headset is ${device.info.board}`,
    );
  if (bytes.length > status.slotBytes)
    throw reasonError('tooLarge', `${bytes.length} bytes, a slot holds ${status.slotBytes}`);
  if (status.runningState === 'trial')
    throw new AncError(
      'UPDATE_ON_TRIAL',
      `firmware ${status.runningVersion} is on trial for ${(status.trialLeftMs / 1000).toFixed(0)} s more`,
    );
}

class Sender {
  readonly link: Link;
  readonly image: UpdateImage;
  readonly tell: (progress: UpdateProgress) => void;

  constructor(link: Link, image: UpdateImage, tell: (progress: UpdateProgress) => void) {
    this.link = link;
    this.image = image;
    this.tell = tell;
  }

  /** Goes on where the headset is, also after the link was lost. */
  async send(): Promise<void> {
    for (;;) {
      const device = await this.link.find(() => this.tell({ step: 'reconnect' }));
      try {
        await this.#sendTo(device);
        return await this.#finish(device);
      } catch (error) {
        if (!isLost(error)) throw error;
        await this.link.drop();
        await pause(pollMs, this.link.options.signal);
      }
    }
  }

  async #sendTo(device: Device): Promise<void> {
    const { bytes, sha256, chip, board } = this.image;
    const totalBytes = bytes.length;
    const begun = await device.request('updateBegin', { totalBytes, sha256, chip, board });
    if (begun.phase === 'failed') throw reasonError(begun.reason, `the headset has refused it`);
    if (begun.phase !== 'receiving') return;
    const fromByte = begun.heldBytes;
    const startMs = performance.now();
    for (let offset = fromByte; offset < totalBytes;) {
      const msAByte = (performance.now() - startMs) / (offset - fromByte);
      const secondsLeft = offset > fromByte ? (msAByte * (totalBytes - offset)) / 1000 : null;
      this.tell({ step: 'send', bytes: offset, totalBytes, fromByte, secondsLeft });
      offset = await this.#sendChunk(device, offset);
    }
    this.tell({ step: 'send', bytes: totalBytes, totalBytes, fromByte, secondsLeft: 0 });
  }

  async #sendChunk(device: Device, offset: number): Promise<number> {
    const data = this.image.bytes.subarray(offset, offset + chunkBytes);
    const { signal } = this.link.options;
    for (;;) {
      if (signal?.aborted) throw signal.reason;
      try {
        const { heldBytes } = await device.request('updateChunk', { offset, data });
        if (heldBytes > offset) return heldBytes;
        throw new AncError('BODY_INVALID', `the headset holds ${heldBytes} after ${offset}`);
      } catch (error) {
        const { code } = asAncError(error);
        if (code === 'DEVICE_STORAGE_FAILED') throw reasonError('flashFailed', `at byte ${offset}`);
        // The output still fades out. Another host would have ended the link.
        if (code !== 'DEVICE_BUSY' || device.state !== 'connected') throw error;
        await pause(busyMs, signal);
      }
    }
  }

  async #finish(device: Device): Promise<void> {
    await device.request('updateFinish');
    for (;;) {
      const { phase, reason, verifiedBytes, totalBytes } = await updateStatus(device);
      if (phase === 'activated') return;
      if (phase !== 'verifying') throw reasonError(reason, 'the headset has looked at it');
      this.tell({
        step: 'verify',
        bytes: verifiedBytes,
        totalBytes,
        fromByte: 0,
        secondsLeft: null,
      });
      await pause(pollMs, this.link.options.signal);
    }
  }
}

/** Resolves when the new firmware is confirmed. Errors: UPDATE_ROLLED_BACK, UPDATE_NOT_STARTED. */
async function followTrial(
  link: Link,
  image: UpdateImage,
  tell: (progress: UpdateProgress) => void,
): Promise<Device> {
  for (;;) {
    const device = await link.find(() => tell({ step: 'restart' }));
    try {
      const status = await updateStatus(device);
      if (status.otherState === 'rejected') throw rolledBack(status);
      if (status.otherState === 'activated' || status.runningVersion !== image.version)
        throw new AncError(
          'UPDATE_NOT_STARTED',
          `${status.runningVersion} runs after the restart, not ${image.version}`,
        );
      if (status.runningState === 'good') return device;
      tell({ step: 'trial', secondsLeft: status.trialLeftMs / 1000 });
      await pause(pollMs, link.options.signal);
    } catch (error) {
      if (!isLost(error)) throw error;
      await link.drop();
      await pause(pollMs, link.options.signal);
    }
  }
}

/**
 * Errors: UPDATE_UNSUPPORTED, UPDATE_WRONG_CHIP, UPDATE_WRONG_BOARD, UPDATE_TOO_LARGE, UPDATE_ON_TRIAL, UPDATE_FAILED,
 * UPDATE_ROLLED_BACK, UPDATE_NOT_STARTED, those of connecting, and the signal's reason.
 */
export async function updateFirmware(
  uri: string,
  image: UpdateImage,
  options: UpdateOptions = {},
): Promise<Updated> {
  const tell = options.onProgress ?? (() => {});
  const link = new Link(uri, options);
  try {
    const device = await link.connect();
    const status = await updateStatus(device);
    const before = await readSettings(device, 'stored');
    const backup = options.backup ?? backupFile(device, new Date());
    // An earlier run may have got further than it could tell.
    const isRunning = status.runningVersion === image.version && !options.force;
    const from = isRunning ? status.otherVersion : status.runningVersion;
    if (!isRunning) {
      check(device, image, status);
      await writeBackup(backup, before);
      tell({ step: 'backup', file: backup });
      await new Sender(link, image, tell).send();
      tell({ step: 'restart' });
      await link.restart('reboot');
    }
    const updated =
      isRunning && status.runningState === 'good' ? device : await followTrial(link, image, tell);
    const differences = differencesOf(before, await readSettings(updated, 'stored'));
    return {
      from,
      to: image.version,
      sent: !isRunning,
      backup: isRunning ? null : backup,
      differences,
    };
  } finally {
    await link.drop();
  }
}

/** Back to the firmware before; resolves with its version once it runs. Errors: UPDATE_NO_OTHER. */
export async function rollBack(uri: string, options: UpdateOptions = {}): Promise<Updated> {
  const link = new Link(uri, options);
  try {
    const device = await link.connect();
    const from = device.info.firmwareVersion;
    const { otherState, otherVersion } = await updateStatus(device);
    if (otherState !== 'good')
      throw new AncError('UPDATE_NO_OTHER', `the other slot is ${otherState}`);
    const before = await readSettings(device, 'stored');
    const backup = options.backup ?? backupFile(device, new Date());
    await writeBackup(backup, before);
    options.onProgress?.({ step: 'restart' });
    await link.restart('updateRollBack');
    const back = await link.find(() => {});
    const to = back.info.firmwareVersion;
    if (to !== otherVersion)
      throw new AncError('UPDATE_NOT_STARTED', `${to} runs after the restart, not ${otherVersion}`);
    const differences = differencesOf(before, await readSettings(back, 'stored'));
    return { from, to, sent: false, backup, differences };
  } finally {
    await link.drop();
  }
}
