/** What a headset or an image has against an update, as errors. */
import { AncError, type GetUpdateResponse, type UpdateReason } from '@anc/link';
import type { Device } from '../device.ts';

const reasons: Readonly<Record<string, readonly [code: string, what: string]>> = {
  none: ['UPDATE_FAILED', 'the update ended without a reason'],
  wrongChip: ['UPDATE_WRONG_CHIP', 'this image is not for the chip of this headset'],
  wrongBoard: ['UPDATE_WRONG_BOARD', 'this image is not for this board'],
  tooLarge: ['UPDATE_TOO_LARGE', 'this image does not fit a slot'],
  hashDiffers: ['UPDATE_FAILED', 'what the slot holds is not what was sent'],
  noImage: ['UPDATE_IMAGE_INVALID', 'this is no firmware image'],
  imageDamaged: ['UPDATE_IMAGE_INVALID', 'the image is damaged'],
  flashFailed: ['UPDATE_FAILED', 'the headset cannot write its flash'],
};

export function reasonError(reason: UpdateReason, detail: string): AncError {
  // A later firmware may know more reasons.
  const [code, what] = reasons[reason] ?? ['UPDATE_FAILED', String(reason)];
  return new AncError(code, `${what}: ${detail}`);
}

export function unsupported({ info }: Device): AncError {
  return new AncError(
    'UPDATE_UNSUPPORTED',
    `${info.board} with firmware ${info.firmwareVersion} has no slots for updates over the link`,
  );
}

export function rolledBack({ otherVersion, runningVersion }: GetUpdateResponse): AncError {
  return new AncError(
    'UPDATE_ROLLED_BACK',
    `firmware ${otherVersion} was started and did not become healthy, or crashed; ${runningVersion} runs again, with its settings`,
  );
}
