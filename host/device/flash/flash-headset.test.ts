/** Flashing the emulated headset in the same process: what is written, in which order, and what is refused. */
import { AncError } from '@anc/link';
import { describe, expect, test } from 'vitest';
import type { EmulatedChip } from '../../testing/rom-loader/chip.ts';
import {
  flashedHeadset,
  hasItsSettings,
  type HeadsetOptions,
  settingsBytes,
} from '../../testing/rom-loader/headsets.ts';
import {
  abTable,
  appImage,
  bootloaderImage,
  partitionTable,
} from '../../testing/rom-loader/images.ts';
import { memoryPort } from '../../testing/rom-loader/memory-port.ts';
import { EmulatedChip as Chip } from '../../testing/rom-loader/chip.ts';
import { identities, identityOf } from '../../testing/rom-loader/identities.ts';
import { chipOfFamily } from './chips.ts';
import type { FlashError } from './errors.ts';
import { firmwareOf, firmwareOfFile } from './firmware.ts';
import {
  type FlashEvent,
  flashHeadset,
  type FlashJob,
  type SettingsBackup,
} from './flash-headset.ts';

const families = identities.map(({ family }) => family);

/** Without lines unless a test is about them: the boot button is held instead, which takes no time. */
function flash(chip: EmulatedChip, image: Uint8Array, more: Partial<FlashJob> = {}) {
  if (!more.port) chip.reset(true);
  return flashHeadset({
    port: memoryPort(chip, { hasLines: false }),
    firmwareFor: () => firmwareOfFile('app.bin', image),
    patience: 0.02,
    ...more,
  });
}

/** Everything for a blank chip, as a build's parts. */
function wholeFirmware(chip: string, version: string, board?: string) {
  const project = board ? { project: `anc-${board}` } : {};
  return firmwareOf(
    [
      {
        name: 'bootloader.bin',
        offset: identityOf(chip).bootloaderOffset,
        bytes: bootloaderImage(chip),
      },
      { name: 'partition-table.bin', offset: 0x8000, bytes: partitionTable(abTable()) },
      { name: 'app.bin', offset: 0x20000, bytes: appImage({ chip, version, seed: 3, ...project }) },
    ],
    board ?? null,
  );
}

async function failure(action: Promise<unknown>): Promise<FlashError> {
  return action.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as FlashError,
  );
}

const app = (chip: string, version: string, sizeBytes?: number) =>
  appImage({ chip, version, seed: 5, ...(sizeBytes ? { sizeBytes } : {}) });

describe('an update', () => {
  test.each(families)(
    '%s: into the idle slot, then the switch, and the settings stay',
    async (chip) => {
      const headset = flashedHeadset({ chip });
      expect(headset.started).toMatchObject({ starts: true, slot: 'ota_0', version: '1.0.0' });
      const result = await flash(headset, app(chip, '2.0.0'));
      expect(result).toMatchObject({
        chip,
        mac: '7c:df:a1:00:12:34',
        kind: 'update',
        slot: 'ota_1',
        oldVersion: '1.0.0',
        version: '2.0.0',
      });
      expect(headset.started).toMatchObject({ starts: true, slot: 'ota_1', version: '2.0.0' });
      expect(hasItsSettings(headset)).toBe(true);
      await flash(headset, app(chip, '3.0.0'));
      expect(headset.started).toMatchObject({ slot: 'ota_0', version: '3.0.0' });
    },
  );

  test('writes only what differs', async () => {
    const headset = flashedHeadset();
    const image = app('ESP32-C3', '2.0.0', 0x40000);
    const first = await flash(headset, image);
    expect(first.sameBytes).toBe(0);
    await flash(headset, app('ESP32-C3', '2.0.1'));
    headset.flash.bytes[0x120000 + 0x12345]! ^= 1;
    const again = await flash(headset, image);
    expect(again.writtenBytes).toBe(0x10000 + 0x1000);
    expect(headset.started).toMatchObject({ version: '2.0.0' });
  });

  test('goes at a higher rate where the line has one, with and without opening the port again', async () => {
    for (const canSetBaud of [true, false]) {
      const headset = flashedHeadset();
      const rates = new Set<number>();
      headset.onProgress = () => rates.add(headset.baudRate);
      await flash(headset, app('ESP32-C3', '2.0.0'), { port: memoryPort(headset, { canSetBaud }) });
      expect([...rates]).toEqual([460_800]);
      await expect.poll(() => headset.started).toMatchObject({ version: '2.0.0' });
    }
  });

  test.each(families)('resets an %s through DTR and RTS', async (chip) => {
    const headset = flashedHeadset({ chip });
    await flash(headset, app(chip, '2.0.0'), { port: memoryPort(headset) });
    await expect.poll(() => headset.started).toMatchObject({ version: '2.0.0' });
  });

  test('resets through the chip’s own USB', async () => {
    const headset = flashedHeadset({ lines: 'usb' });
    const port = memoryPort(headset);
    const usb = Object.create(port, {
      getInfo: { value: () => ({ usbVendorId: 0x303a, usbProductId: 0x1001 }) },
    }) as typeof port;
    await flash(headset, app('ESP32-C3', '2.0.0'), { port: usb });
    await expect.poll(() => headset.started).toMatchObject({ version: '2.0.0' });
  });

  test('hands over the settings before it writes, and tells how far it is', async () => {
    const headset = flashedHeadset();
    const events: FlashEvent[] = [];
    let backup: readonly SettingsBackup[] = [];
    await flash(headset, app('ESP32-C3', '2.0.0'), {
      onEvent: (event) => events.push(event),
      onBackup: (settings) => {
        backup = settings;
        expect(headset.flash.programmed).toBe(0);
      },
    });
    expect(backup).toEqual([{ label: 'nvs', offset: 0x9000, bytes: settingsBytes }]);
    const steps = events.flatMap((event) => (event.event === 'step' ? [event.step] : []));
    expect(steps).toEqual([
      'connect',
      'look',
      'backup',
      'write',
      'verify',
      'write',
      'verify',
      'reset',
    ]);
    const last = events.findLast((event) => event.event === 'progress' && event.what === 'ota_1');
    expect(last).toMatchObject({ doneBytes: 33872, totalBytes: 33872, secondsLeft: 0 });
  });

  test('erases the settings when told', async () => {
    const headset = flashedHeadset();
    await flash(headset, app('ESP32-C3', '2.0.0'), { eraseSettings: true });
    const { bytes } = headset.flash;
    expect(bytes.subarray(0x9000, 0xd000).every((byte) => byte === 0xff)).toBe(true);
  });
});

describe('a whole flash', () => {
  test.each(families)('%s: a blank chip gets everything', async (chip) => {
    const headset = new Chip({ chip, sizeBytes: 0x400000 });
    expect(headset.started).toMatchObject({ starts: false });
    const result = await flash(headset, new Uint8Array(), {
      firmwareFor: () => wholeFirmware(chip, '1.0.0'),
    });
    expect(result).toMatchObject({ kind: 'full', slot: 'ota_0', oldVersion: null });
    expect(headset.started).toMatchObject({ starts: true, slot: 'ota_0', version: '1.0.0' });
  });

  test('is the same from one merged file, which would have erased the settings', async () => {
    const headset = flashedHeadset();
    const merged = new Uint8Array(0x20000 + 0x9000).fill(0xff);
    merged.set(bootloaderImage('ESP32-C3', 5), 0);
    merged.set(partitionTable(abTable()), 0x8000);
    merged.set(app('ESP32-C3', '2.0.0'), 0x20000);
    const result = await flash(headset, merged, { full: true });
    expect(result).toMatchObject({ kind: 'full', slot: 'ota_1' });
    expect(headset.started).toMatchObject({ slot: 'ota_1', version: '2.0.0' });
    expect(hasItsSettings(headset)).toBe(true);
  });

  test('needs a boot loader for a blank chip', async () => {
    const headset = new Chip({ chip: 'ESP32-C3', sizeBytes: 0x400000 });
    const error = await failure(flash(headset, app('ESP32-C3', '2.0.0')));
    expect(error).toMatchObject({ code: 'FLASH_NOTHING_THERE', device: 'untouched' });
  });

  test('is not what happens by itself when the partition table differs', async () => {
    const headset = flashedHeadset({ slotBytes: 0x80000 });
    const firmwareFor = () => wholeFirmware('ESP32-C3', '2.0.0');
    const error = await failure(flash(headset, new Uint8Array(), { firmwareFor }));
    expect(error).toMatchObject({ code: 'FLASH_LAYOUT_DIFFERS', device: 'untouched' });
    await flash(headset, new Uint8Array(), { firmwareFor, full: true });
    expect(headset.started).toMatchObject({ version: '2.0.0' });
    expect(hasItsSettings(headset)).toBe(true);
  });
});

describe('what is refused, with nothing written', () => {
  const refused = async (
    headset: EmulatedChip,
    code: string,
    image: Uint8Array,
    more: Partial<FlashJob> = {},
  ) => {
    const before = Buffer.from(headset.flash.bytes);
    const error = await failure(flash(headset, image, more));
    expect(error).toMatchObject({ code, device: 'untouched' });
    expect(error.hint).toContain('Nothing was written');
    expect(Buffer.compare(headset.flash.bytes, before)).toBe(0);
    expect(headset.started).toMatchObject({ starts: true, version: '1.0.0' });
  };

  test('firmware of another chip', async () => {
    for (const chip of families.filter((family) => family !== 'ESP32-C3'))
      await refused(flashedHeadset(), 'FLASH_CHIP_WRONG', app(chip, '2.0.0'));
  });

  test('firmware of another board, also when only what is in the flash says which it is', async () => {
    const firmwareFor = () => wholeFirmware('ESP32-C3', '2.0.0', 'other-board');
    for (const board of ['c3-mini', null])
      await refused(flashedHeadset(), 'FLASH_BOARD_WRONG', new Uint8Array(), {
        board,
        firmwareFor,
      });
  });

  test('a manifest and an application that do not agree about the board', () =>
    refused(flashedHeadset(), 'FLASH_MANIFEST_INVALID', new Uint8Array(), {
      firmwareFor: async () => {
        const bytes = appImage({ chip: 'ESP32-C3', version: '2.0.0', project: 'anc-one' });
        return firmwareOf([{ name: 'app.bin', offset: 0x20000, bytes }], 'other');
      },
    }));

  test('an image with any byte damaged, or cut anywhere', async () => {
    const headset = flashedHeadset();
    const whole = app('ESP32-C3', '2.0.0', 0x1000);
    const damaged = (at: number) => whole.map((byte, i) => (i === at ? byte ^ 0x10 : byte));
    for (const at of [0, 12, 13, 40, 0x500, whole.length - 33, whole.length - 1])
      await refused(headset, 'FLASH_IMAGE_INVALID', damaged(at));
    for (const length of [0, 10, 24, 300, 0x1000, whole.length - 1])
      await refused(headset, 'FLASH_IMAGE_INVALID', whole.subarray(0, length));
  }, 60_000);

  test('more than the slot or the flash holds', async () => {
    const small: HeadsetOptions = { slotBytes: 0x10000, sizeBytes: 0x100000 };
    await refused(flashedHeadset(small), 'FLASH_TOO_SMALL', app('ESP32-C3', '2.0.0', 0x11000));
    await refused(flashedHeadset(small), 'FLASH_TOO_SMALL', new Uint8Array(), {
      firmwareFor: () => wholeFirmware('ESP32-C3', '2.0.0'),
      full: true,
    });
  });

  test('a flash chip that is write-protected', async () => {
    const headset = flashedHeadset();
    Object.assign(headset.flash, { isProtected: true });
    const error = await failure(flash(headset, app('ESP32-C3', '2.0.0')));
    expect(error).toMatchObject({ code: 'FLASH_WRITE_PROTECTED' });
    expect(headset.started).toMatchObject({ version: '1.0.0' });
  });

  test('anything, when it was cancelled while the chip was looked for', async () => {
    for (const download of [true, false]) {
      const headset = flashedHeadset({ download });
      const abort = new AbortController();
      const port = memoryPort(headset, { hasLines: false });
      const running = flash(headset, app('ESP32-C3', '2.0.0'), { port, signal: abort.signal });
      abort.abort(new AncError('INTERRUPTED', 'cancelled'));
      expect(await failure(running)).toMatchObject({ code: 'INTERRUPTED' });
      expect(headset.flash.programmed).toBe(0);
    }
  });

  test('a chip whose flash is encrypted', () =>
    refused(flashedHeadset({ isEncrypted: true }), 'FLASH_ENCRYPTED', app('ESP32-C3', '2.0.0')));

  test('a chip that does not answer, with the words of its board', async () => {
    const headset = flashedHeadset();
    const dead = memoryPort(headset, { hasLines: false });
    const error = await failure(
      flash(headset, app('ESP32-C3', '2.0.0'), { port: dead, recovery: 'Hold BOOT on the left.' }),
    );
    expect(error).toMatchObject({ code: 'FLASH_NO_ANSWER', device: 'untouched' });
    expect(error.hint).toContain('Hold BOOT on the left.');
  });
});

test('every chip of the emulator is known to the host, with the same numbers', () => {
  for (const { family, imageId, bootloaderOffset } of identities)
    expect(chipOfFamily(family)).toEqual({ family, imageId, bootloaderOffset });
});
