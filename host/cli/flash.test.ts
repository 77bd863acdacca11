/** `anc flash` as a user runs it, against the emulated chip at a TCP port and at a pseudo-terminal. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Device } from '../device/index.ts';
import { EmulatedChip } from '../testing/rom-loader/chip.ts';
import {
  flashedHeadset,
  hasItsSettings,
  type HeadsetOptions,
} from '../testing/rom-loader/headsets.ts';
import {
  abTable,
  appImage,
  bootloaderImage,
  partitionTable,
} from '../testing/rom-loader/images.ts';
import { type Served, servePty, serveTcp } from '../testing/rom-loader/serve.ts';
import { virtualFirmware } from '../testing/rom-loader/virtual-firmware.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

/** What anc-virtual says it is, whichever image has started it. */
const board = 'virtual-lowlatency';
const version = '0.1.0';

describe.skipIf(CLI_MISSING)('anc flash', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-flash-'));
  const file = (name: string) => join(folder, name);
  let chip: EmulatedChip;
  let served: Served;

  const image = (name: string, more: Partial<Parameters<typeof appImage>[0]> = {}) =>
    writeFileSync(file(name), appImage({ chip: 'ESP32-C3', version, seed: 21, ...more }));

  function manifest(name: string, change: (text: string) => string = (text) => text): void {
    const parts = [
      { path: 'bootloader.bin', offset: 0 },
      { path: 'table.bin', offset: 0x8000 },
      { path: 'app.bin', offset: 0x20000 },
    ];
    const builds = [
      { chipFamily: 'ESP32-C3', board, parts },
      { chipFamily: 'ESP32-S3', board: 's3', parts },
    ];
    writeFileSync(file(name), change(JSON.stringify({ name: 'ANC', version, builds })));
  }

  beforeAll(() => {
    image('app.bin');
    image('large.bin', { sizeBytes: 0x40000 });
    image('1mb.bin', { sizeBytes: 0x100000 - 0x1000 });
    image('next.bin', { version: '9.0.0' });
    image('c6.bin', { chip: 'ESP32-C6' });
    writeFileSync(file('bootloader.bin'), bootloaderImage('ESP32-C3'));
    writeFileSync(file('table.bin'), partitionTable(abTable()));
    const whole = readFileSync(file('app.bin'));
    writeFileSync(file('cut.bin'), whole.subarray(0, 20_000));
    whole[5000]! ^= 1;
    writeFileSync(file('damaged.bin'), whole);
    manifest('manifest.json');
    manifest('cut.json', (text) => text.slice(0, 150));
    manifest('other.json', (text) => text.replace(board, 'other-board'));
    manifest('outside.json', (text) => text.replace('app.bin', '../../etc/passwd'));
    manifest('hash.json', (text) =>
      text.replace('"path":"app.bin"', `"path":"app.bin","sha256":"${'0'.repeat(64)}"`),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    chip?.close();
    await served?.close();
  });

  async function serve(options: HeadsetOptions = {}): Promise<string> {
    chip = flashedHeadset({ download: true, version: '0.0.9', ...options });
    served = await serveTcp(chip);
    return served.uri;
  }

  const flash = (uri: string, name: string, ...more: string[]) =>
    anc(['flash', file(name), '--port', uri, '--backup', file('backups'), ...more]);
  const loaderOnly = ['--loader', '--wait', '0'];

  test('a blank chip from a manifest: the headset comes up and says its version', async () => {
    chip = new EmulatedChip({
      chip: 'ESP32-C3',
      sizeBytes: 0x400000,
      download: true,
      startFirmware: virtualFirmware(),
    });
    served = await serveTcp(chip);
    const { code, stdout, stderr } = await flash(served.uri, 'manifest.json', '--json');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      chip: 'ESP32-C3',
      kind: 'full',
      oldVersion: null,
      version,
      running: { board, firmwareVersion: version },
    });
  });

  test('an update keeps what the headset has stored, and a backup of it', async () => {
    chip = flashedHeadset({ startFirmware: virtualFirmware(), version: '0.0.9' });
    chip.flash.erase(0x9000, 0x4000);
    chip.reset(false);
    served = await serveTcp(chip);
    const headset = await Device.connect(served.uri, { reconnect: false });
    await headset.setParameter('taps', 320);
    await headset.storeParameters();
    await headset.close();
    await expect.poll(() => chip.isConnected).toBe(false);
    // As its owner does: the boot button, once the firmware has been asked.
    const disconnected = chip.disconnected.bind(chip);
    chip.disconnected = (wire) => {
      disconnected(wire);
      chip.disconnected = disconnected;
      chip.reset(true);
    };
    const { code, stdout, stderr } = await flash(served.uri, 'app.bin');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('firmware 0.0.9 → 0.1.0 in ota_1');
    expect(stderr).toMatch(/settings kept in .*V1-.*\.json/);
    const [name] = readdirSync(file('backups')).filter((entry) => entry.startsWith('V1-'));
    expect(JSON.parse(readFileSync(join(file('backups'), name!), 'utf8'))).toMatchObject({
      anc: 1,
      board,
      parameters: { taps: 320 },
    });
    const again = await Device.connect(served.uri, { reconnect: false });
    expect(await again.getParameter('taps')).toMatchObject({ stored: 320 });
    await again.close();
  });

  test('a firmware that does not stay is not called a success', async () => {
    const uri = await serve({ startFirmware: virtualFirmware() });
    const { code, stderr } = await flash(uri, 'next.bin', '--loader');
    expect(code).toBe(1);
    expect(stderr).toContain('error[FLASH_NOT_RUNNING]');
    expect(stderr).toContain('the headset runs 0.1.0');
  });

  test('at a pseudo-terminal', async () => {
    chip = flashedHeadset({ download: true, version: '0.0.9' });
    served = await servePty(chip, file('chip.pty'));
    const { code, stdout, stderr } = await flash(served.uri, 'app.bin', ...loaderOnly);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('0.0.9 → 0.1.0');
    expect(chip.started).toMatchObject({ slot: 'ota_1', version });
    expect(hasItsSettings(chip)).toBe(true);
  });

  test('killed after each 64 KB: the old firmware starts, and the next try goes on', async () => {
    const uri = await serve();
    const whole = readFileSync(file('large.bin'));
    let kills = 0;
    for (let limit = 0x10000; ; limit += 0x10000) {
      const child = startAnc([
        'flash',
        file('large.bin'),
        '--port',
        uri,
        ...loaderOnly,
        '--backup',
        file('backups'),
      ]);
      chip.onProgress = () => {
        if (chip.flash.programmed >= limit) child.kill('SIGKILL');
      };
      const code = await new Promise((resolve) => child.once('exit', resolve));
      chip.onProgress = undefined;
      chip.reset(false);
      expect(hasItsSettings(chip)).toBe(true);
      if (code === 0) break;
      kills += 1;
      const { bytes } = chip.flash;
      const isWhole =
        Buffer.compare(bytes.subarray(0x120000, 0x120000 + whole.length), whole) === 0;
      // Between the last byte of the firmware and the answer to the switch it may be either.
      expect(chip.started).toMatchObject({ starts: true });
      if (!isWhole) expect(chip.started).toMatchObject({ slot: 'ota_0', version: '0.0.9' });
      chip.reset(true);
    }
    expect(chip.started).toMatchObject({ starts: true, slot: 'ota_1', version });
    expect(kills).toBeGreaterThanOrEqual(3);
    // Nothing was written twice but the block that each kill had begun.
    expect(chip.flash.programmed).toBeLessThan(2.2 * 0x40000);
  });

  test('a firmware of 1 MB, killed in the middle', async () => {
    const uri = await serve();
    const args = [
      'flash',
      file('1mb.bin'),
      '--port',
      uri,
      ...loaderOnly,
      '--backup',
      file('backups'),
    ];
    const child = startAnc(args);
    chip.onProgress = () => void (chip.flash.programmed > 0x80000 && child.kill('SIGKILL'));
    await new Promise((resolve) => child.once('exit', resolve));
    chip.onProgress = undefined;
    chip.reset(false);
    expect(chip.started).toMatchObject({ starts: true, slot: 'ota_0', version: '0.0.9' });
    chip.reset(true);
    const { code, stdout } = await anc(args);
    expect(code).toBe(0);
    expect(Number(/, (\d+) were there already/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(0x70000);
    expect(chip.started).toMatchObject({ starts: true, slot: 'ota_1', version });
    expect(hasItsSettings(chip)).toBe(true);
  });

  test('Ctrl-C leaves the old firmware running and says so', async () => {
    const uri = await serve();
    const child = startAnc([
      'flash',
      file('large.bin'),
      '--port',
      uri,
      ...loaderOnly,
      '--backup',
      file('backups'),
    ]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    chip.onProgress = () => {
      if (chip.flash.programmed < 0x28000) return;
      chip.onProgress = undefined;
      child.kill('SIGINT');
    };
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain('error[INTERRUPTED]');
    expect(stderr).toContain('starts with its old firmware and its settings');
    // Not by a power cycle: the verb has left the loader itself.
    expect(chip.started).toMatchObject({ starts: true, slot: 'ota_0', version: '0.0.9' });
  });

  type Case = readonly [
    what: string,
    options: HeadsetOptions,
    args: readonly string[],
    code: string,
    exit: number,
  ];
  const cases: readonly Case[] = [
    ['another chip', {}, ['c6.bin'], 'FLASH_CHIP_WRONG', 2],
    ['no build for the chip', { chip: 'ESP32-P4' }, ['manifest.json'], 'FLASH_CHIP_WRONG', 2],
    ['another board', {}, ['other.json', '--board', board], 'FLASH_BOARD_WRONG', 2],
    ['a board with another chip', {}, ['app.bin', '--board', board], 'FLASH_BOARD_WRONG', 2],
    ['no such board', {}, ['app.bin', '--board', 'nowhere'], 'BOARD_UNKNOWN', 2],
    ['a damaged image', {}, ['damaged.bin'], 'FLASH_IMAGE_INVALID', 2],
    ['a truncated image', {}, ['cut.bin'], 'FLASH_IMAGE_INVALID', 2],
    ['a truncated manifest', {}, ['cut.json'], 'FLASH_MANIFEST_INVALID', 2],
    ['a part with another hash', {}, ['hash.json'], 'FLASH_MANIFEST_INVALID', 2],
    ['a part outside', {}, ['outside.json'], 'FLASH_MANIFEST_INVALID', 2],
    ['no such file', {}, ['nothing.bin'], 'FILE_UNREADABLE', 2],
    ['too little flash', { slotBytes: 0x8000 }, ['app.bin'], 'FLASH_TOO_SMALL', 1],
    ['a protected flash', { isProtected: true }, ['app.bin'], 'FLASH_WRITE_PROTECTED', 1],
    ['no loader', { download: false }, ['app.bin'], 'FLASH_NO_ANSWER', 3],
    [
      'unplugged',
      { faults: [{ kind: 'disconnect', place: 'written', at: 1 }] },
      ['app.bin'],
      'FLASH_DISCONNECTED',
      1,
    ],
  ];
  test.each(cases)('%s', async (_, options, [name, ...args], code, exit) => {
    const uri = await serve(options);
    const outcome = await flash(uri, name!, ...args, ...loaderOnly);
    expect(outcome.stderr).toContain(`error[${code}]: `);
    expect(outcome.stderr).toMatch(/hint: .{20}/);
    expect(outcome.stderr).not.toMatch(/\n {4}at /);
    expect(outcome.code).toBe(exit);
    expect(outcome.stdout).toBe('');
  });

  test('a board that does not answer is told which buttons to press', async () => {
    const uri = await serve({ download: false });
    image('mini.bin', { project: 'anc-esp32c3-mini' });
    const { code, stderr } = await flash(uri, 'mini.bin', '--board', 'esp32c3-mini', ...loaderOnly);
    expect(code).toBe(3);
    expect(stderr).toMatch(/hint: Hold 9 \(boot\)/);
  });

  test('a pseudo-terminal that goes while it is used', async () => {
    chip = flashedHeadset({
      download: true,
      faults: [{ kind: 'disconnect', place: 'written', at: 1 }],
    });
    served = await servePty(chip, file('gone.pty'));
    const gone = await flash(served.uri, 'large.bin', ...loaderOnly);
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[FLASH_DISCONNECTED]'),
    });
  });

  test('a port that its user may not open', async () => {
    chip = flashedHeadset({ download: true });
    served = await servePty(chip, file('forbidden.pty'));
    chmodSync(realpathSync(file('forbidden.pty')), 0);
    chmodSync(folder, 0o755);
    // Nothing is forbidden to root.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const outcome = await anc(
      ['flash', file('app.bin'), '--port', served.uri, ...loaderOnly],
      nobody,
    );
    expect(outcome).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('error[DEVICE_NO_PERMISSION]'),
    });
    expect(outcome.stderr).toContain('hint: Add yourself to the group');
  });

  test('a port that another program holds, and one that is not there', async () => {
    chip = flashedHeadset({ download: true });
    served = await servePty(chip, file('busy.pty'));
    const { SerialPort } = await import('serialport');
    const holder = new SerialPort({ path: file('busy.pty'), baudRate: 115_200, lock: true });
    await new Promise<void>((resolve) => holder.once('open', () => resolve()));
    const busy = await flash(served.uri, 'app.bin', ...loaderOnly);
    expect(busy).toMatchObject({ code: 4, stderr: expect.stringContaining('error[DEVICE_BUSY]') });
    await new Promise<void>((resolve) => holder.close(() => resolve()));
    const absent = await flash('/dev/ttyNONE7', 'app.bin', ...loaderOnly);
    expect(absent).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('error[DEVICE_NOT_FOUND]'),
    });
  });
});
