import { AncError } from '@anc/link';

/** What a headset has after a job that failed; it decides what its owner is told to do. */
export type DeviceState =
  /** Nothing was written. */
  | 'untouched'
  /** Something was written, but what starts is what started before. */
  | 'old'
  /** The switch was on its way: either firmware starts. */
  | 'either'
  /** The new firmware starts. */
  | 'new'
  /** No firmware starts until a flash has come to its end. */
  | 'unbootable';

const nextSteps: Readonly<Record<DeviceState, string>> = {
  untouched: 'Nothing was written: the headset is as it was.',
  old: 'The headset starts with its old firmware and its settings, as before. Flash it again: that goes on where this stopped.',
  either:
    'The headset starts, with its old or with its new firmware, and its settings as before. Flash it again.',
  new: 'The new firmware is in place and starts.',
  unbootable:
    'The headset does not start until it is flashed. Flash it again: that goes on where this stopped.',
};

const hints: Readonly<Record<string, string>> = {
  FLASH_CHIP_WRONG: 'Take the firmware that was built for this chip.',
  FLASH_BOARD_WRONG:
    'Take the firmware of this board. If the headset is known under a wrong name, say the right one with --board.',
  FLASH_BOARD_OPEN: 'Say which one with --board ID.',
  FLASH_IMAGE_INVALID: 'Download or build the firmware again.',
  FLASH_MANIFEST_INVALID:
    'Download the manifest and its files again; docs/flash.md describes the form.',
  FLASH_NO_ANSWER:
    'Hold the BOOT button, press and release RESET (or plug the cable in), let go of BOOT, and try again.',
  FLASH_TOO_SMALL: 'This firmware needs a board with more flash.',
  FLASH_WRITE_PROTECTED:
    'The flash chip refuses to be written: its write-protect pin or its protection bits are set.',
  FLASH_ENCRYPTED:
    'This chip takes only signed or encrypted images; update it over the link with `anc update`.',
  FLASH_LAYOUT_DIFFERS:
    'Flash everything with --full: it writes the boot loader and the partition table, too. Export the settings first.',
  FLASH_NOTHING_THERE: 'Take a manifest that has the boot loader and the partition table.',
  FLASH_DISCONNECTED: 'Look at the cable; avoid hubs.',
  FLASH_VERIFY_FAILED: 'If it stays so at the same place, the flash chip is worn out.',
  FLASH_FAILED: 'Try a slower line with --baud 115200 and another cable.',
  FLASH_SETTINGS_CHANGED: 'The backup made before has them: the file is named above.',
  FLASH_NOT_RUNNING:
    'The new firmware did not start or did not confirm itself, and the headset went back by itself.',
  FLASH_NOT_BACK: 'Unplug the headset and plug it in again.',
};

export class FlashError extends AncError {
  readonly device: DeviceState;
  readonly #advice: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { device?: DeviceState; hint?: string | undefined; cause?: unknown } = {},
  ) {
    const { device = 'untouched', hint = hints[code], cause } = options;
    super(code, message, { hint: [hint, nextSteps[device]].filter(Boolean).join(' '), cause });
    this.device = device;
    this.#advice = hint;
  }

  /** The same with what is now known of the headset, and with its board's own instructions. */
  at(device: DeviceState, recovery?: string): FlashError {
    const { code, message, cause } = this;
    const hint = code === 'FLASH_NO_ANSWER' && recovery ? recovery : this.#advice;
    return new FlashError(code, message, { device, hint, cause });
  }
}
