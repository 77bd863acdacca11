/** The flash page in Chromium: Web Serial leads to the emulated chip, which starts a virtual headset. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type PanelServer } from '../../host/server/index.ts';
import type { EmulatedChip } from '../../host/testing/rom-loader/chip.ts';
import { flashedHeadset, hasItsSettings } from '../../host/testing/rom-loader/headsets.ts';
import {
  abTable,
  appImage,
  bootloaderImage,
  partitionTable,
} from '../../host/testing/rom-loader/images.ts';
import { virtualFirmware } from '../../host/testing/rom-loader/virtual-firmware.ts';
import { VIRTUAL_MISSING } from '../../host/testing/virtual-headset.ts';
import { axeViolations, BROWSER_MISSING, launch } from './browser.ts';
import { emulateSerial } from './emulated-serial.ts';

const panelDir = join(import.meta.dirname, '../dist');
const missing =
  BROWSER_MISSING ||
  VIRTUAL_MISSING ||
  (existsSync(join(panelDir, 'flash.html')) ? false : 'the panel is not built');
if (missing) process.stderr.write(`skipped: flash page in a browser, because ${missing}\n`);

const board = 'virtual-lowlatency';
const chipFamily = 'ESP32-C3';

describe.skipIf(missing)('the flash page', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-flash-page-'));
  const file = (name: string) => join(folder, name);
  let chip: EmulatedChip;
  let isSlow = false;
  let server: PanelServer;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    const parts = [
      { path: 'bootloader.bin', offset: 0 },
      { path: 'table.bin', offset: 0x8000 },
      { path: 'app.bin', offset: 0x20000 },
    ];
    mkdirSync(file('headset'));
    const write = (name: string, bytes: Uint8Array | string) =>
      writeFileSync(join(folder, 'headset', name), bytes);
    const builds = [{ chipFamily, board, parts }];
    write('manifest.json', JSON.stringify({ name: 'Headset', version: '0.1.0', builds }));
    write('bootloader.bin', bootloaderImage(chipFamily));
    write('table.bin', partitionTable(abTable()));
    write(
      'app.bin',
      appImage({ chip: chipFamily, version: '0.1.0', sizeBytes: 0x20000, seed: 31 }),
    );
    writeFileSync(file('broken.json'), '{"builds": [');
    chip = flashedHeadset({ version: '0.0.9', startFirmware: virtualFirmware() });
    server = await startServer({
      deviceUri: 'tcp://127.0.0.1:9',
      port: 0,
      panelDir,
      firmwareDir: folder,
    });
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await emulateSerial(page, () => ({ chip, isSlow }));
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    chip?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    isSlow = false;
    await page.goto(`${server.url}flash.html`);
  });

  const start = () => page.getByRole('button', { name: 'Choose the port and flash' });
  const offered = () => page.getByLabel('Firmware of this server');
  const choose = (...names: string[]) =>
    page.locator('input[type=file]').setInputFiles(names.map((name) => join(folder, name)));
  const writing = () => page.getByText(/^write: ota_1 [1-9]\d* %, \d+ s left/);
  const fresh = (options: Parameters<typeof flashedHeadset>[0] = {}) => {
    chip.close();
    chip = flashedHeadset({ version: '0.0.9', ...options });
  };
  const failed = () => page.getByTestId('failed');

  test('updates a running headset by keyboard, with the server’s firmware', async () => {
    isSlow = true;
    expect(await start().isDisabled()).toBe(true);
    await page.getByText('broken.json is no JSON').waitFor();
    await offered().focus();
    await page.keyboard.press('ArrowDown');
    await offered().selectOption('headset/manifest.json');
    await page.getByText('Headset 0.1.0 for ESP32-C3').waitFor();
    await start().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar').waitFor();
    await writing().waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(tmpdir(), 'anc-flash-running.png') });
    await page.getByTestId('done').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('done').innerText()).toBe(
      `The ${board} runs firmware 0.1.0, before it 0.0.9. Its settings are as before.`,
    );
    expect(chip.started).toMatchObject({ slot: 'ota_1', version: '0.1.0' });
    const download = page.waitForEvent('download');
    await page.getByText('save settings.json').click();
    const saved = await (await download).path();
    expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({ anc: 1, board });
    await page.screenshot({ path: join(tmpdir(), 'anc-flash-done.png') });
  });

  test('keeps the partition when no firmware answers, and takes files of this machine', async () => {
    fresh();
    await choose(
      'headset/manifest.json',
      'headset/bootloader.bin',
      'headset/table.bin',
      'headset/app.bin',
    );
    await page.getByLabel('Board').selectOption(board);
    await start().click();
    await page.getByText('save nvs-0x9000.bin').waitFor({ timeout: 20_000 });
    await expect.poll(() => chip.started, { timeout: 20_000 }).toMatchObject({ version: '0.1.0' });
    expect(hasItsSettings(chip)).toBe(true);
  });

  test('says what is wrong with the files before a port is asked for', async () => {
    await choose('broken.json');
    await page.getByRole('alert').getByText('it may be truncated').waitFor();
    expect(await start().isDisabled()).toBe(true);
    await choose('headset/manifest.json');
    await expect.poll(() => start().isDisabled()).toBe(false);
  });

  test('refuses another chip, with nothing written', async () => {
    fresh({ chip: 'ESP32-S3' });
    await choose('headset/app.bin');
    await start().click();
    await failed().waitFor({ timeout: 20_000 });
    expect(await failed().getAttribute('data-code')).toBe('FLASH_CHIP_WRONG');
    expect(await failed().innerText()).toContain('Nothing was written');
    expect(chip.flash.programmed).toBe(0);
  });

  test('an unplugged cable is said at once, and what the headset has', async () => {
    fresh({ faults: [{ kind: 'disconnect', place: 'written', at: 0x8000 }] });
    await choose('headset/app.bin');
    await start().click();
    await failed().waitFor({ timeout: 20_000 });
    expect(await failed().getAttribute('data-code')).toBe('FLASH_DISCONNECTED');
    expect(await failed().innerText()).toContain('starts with its old firmware');
    await page.screenshot({ path: join(tmpdir(), 'anc-flash-failed.png') });
    chip.reset(false);
    expect(chip.started).toMatchObject({ starts: true, version: '0.0.9' });
  });

  test('is left by Cancel with the old firmware running', async () => {
    fresh();
    isSlow = true;
    await choose('headset/app.bin');
    await start().click();
    await writing().waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await failed().waitFor({ timeout: 20_000 });
    expect(await failed().getAttribute('data-code')).toBe('INTERRUPTED');
    await expect.poll(() => chip.started).toMatchObject({ starts: true, version: '0.0.9' });
  });

  test.each(['light', 'dark'] as const)(
    'is clean by axe-core, %s, and fits a phone',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await choose('headset/manifest.json');
      await page.waitForTimeout(200);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        390,
      );
      expect(await axeViolations(page)).toEqual([]);
      await page.screenshot({ path: join(tmpdir(), `anc-flash-${colorScheme}.png`) });
    },
  );

  test('had no fault on the way', () => {
    expect(faults).toEqual([]);
  });
});
