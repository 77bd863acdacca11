import type { Identity } from './identities.ts';
import type { NorFlash } from './nor-flash.ts';
import { type Command, dataChecksum } from './protocol.ts';
import type { Registers } from './registers.ts';

/** What both loaders work on, and what they can make happen. */
export interface Target {
  readonly identity: Identity;
  readonly flash: NorFlash;
  readonly registers: Registers;
  /** Flash encryption is on: an odd number of its efuse bits is set. */
  readonly isEncrypted: boolean;
  /** One SLIP frame to the host. */
  reply(frame: Uint8Array): void;
  /** After the answer that is on its way. */
  setBaud(baudRate: number): void;
  startStub(): void;
  /** Leaves the loader; what the flash holds starts. */
  restart(): void;
}

export interface LoaderProgram {
  handle(command: Command): void;
  /** A frame that is no command: an acknowledgement while flash is read. */
  other?(frame: Uint8Array): void;
}

/** Payload of a data command; null when its length or its checksum is wrong. */
export function payloadOf(command: Command): {
  bytes: Uint8Array;
  fault: null | 'length' | 'checksum';
} {
  const bytes = command.data.subarray(16);
  if (command.word(0) !== bytes.length) return { bytes, fault: 'length' };
  return { bytes, fault: dataChecksum(bytes) === command.checksum ? null : 'checksum' };
}

/** GET_SECURITY_INFO: flags, crypt count, key purposes, chip id, version of the interface. */
export function securityInfo({ identity: { imageId }, isEncrypted }: Target): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes[4] = isEncrypted ? 1 : 0;
  const view = new DataView(bytes.buffer);
  view.setUint32(12, imageId, true);
  view.setUint32(16, 0, true);
  return bytes;
}

export function runWrites(command: Command, target: Target): void {
  for (let i = 0; 4 * i < command.data.length; i += 4)
    target.registers.write(command.word(i), command.word(i + 1), command.word(i + 2));
}
