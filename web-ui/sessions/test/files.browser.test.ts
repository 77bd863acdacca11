/** The file page in Chromium: a recording goes in, a cleaned one comes out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { levelDb } from '../../../dsp-reference/src/audio/level.ts';
import { encodeWav, parseWav } from '../../../dsp-reference/src/audio/wav.ts';
import { axeViolations, launch } from '../../test/browser.ts';
import { twoMicrophones, writeTwoMicrophones } from './noise-file.ts';
import { numberOf, PAGES_MISSING } from './rig.ts';
import { servePages } from './static-pages.ts';

if (PAGES_MISSING) process.stderr.write(`skipped: the file page, because ${PAGES_MISSING}\n`);

describe.skipIf(PAGES_MISSING)('the file page', { timeout: 60_000 }, () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  const path = (name: string) => join(folder, name);
  const drop = (...names: string[]) =>
    page.locator('input[type=file]').setInputFiles(names.map((name) => path(name)));
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anc-files-'));
    await writeTwoMicrophones(path('desk.wav'), 6, 'pcm24');
    const { left } = twoMicrophones(60);
    await writeFile(path('long.wav'), encodeWav({ sampleRateHz: 48_000, channels: [left] }));
    await writeFile(path('song.wav'), 'this is no wave file');
    const pages = await servePages();
    server = pages.server;
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await page.goto(`${pages.url}files`);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => server?.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  test('cleans a recording with its reference', async () => {
    await drop('desk.wav');
    await page.getByText('6 s, 48 kHz, 24 bit, primary and reference').waitFor();
    await button('Clean it').click();
    await page.getByTestId('reduction').waitFor({ timeout: 20_000 });
    expect(await numberOf(page, 'reduction')).toBeGreaterThan(12);
  });

  test('gives it back as a WAV of the same format, with the reduction that it said', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Download the WAV').click(),
    ]);
    expect(download.suggestedFilename()).toBe('desk-cleaned.wav');
    const result = parseWav(await readFile(await download.path()));
    expect([result.format, result.sampleRateHz, result.channels.length]).toEqual([
      'pcm24',
      48_000,
      1,
    ]);
    const { left } = twoMicrophones(6);
    const half = (signal: Float64Array) => levelDb(signal.subarray(signal.length >> 1));
    const reductionDb = half(left) - half(result.channels[0]!);
    expect(await numberOf(page, 'reduction')).toBeCloseTo(reductionDb, 0);
  });

  test('plays before and after at the same place, with its level', async () => {
    const position = () => page.getByRole('slider', { name: 'Position' }).inputValue().then(Number);
    await button('Play').click();
    await expect.poll(position, { timeout: 5000 }).toBeGreaterThan(0.5);
    await page.getByRole('slider', { name: 'Position' }).fill('3.5');
    await expect.poll(() => numberOf(page, 'level-level'), { timeout: 5000 }).toBeLessThan(-30);
    const at = await position();
    await page.getByRole('radio', { name: 'Before' }).check();
    expect(Math.abs((await position()) - at)).toBeLessThan(1);
    await expect.poll(() => numberOf(page, 'level-level'), { timeout: 5000 }).toBeGreaterThan(-29);
    await button('Pause').click();
    await button('Play').waitFor();
  });

  test.each(['light', 'dark'] as const)('is clean by axe-core with a result, %s', async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(300);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('can be cancelled, and begun again', async () => {
    await drop('long.wav');
    await page.getByText('1 min 0 s, 48 kHz, 24 bit, one microphone').waitFor();
    await page.getByLabel('Algorithm').selectOption('nlms');
    const taps = page.getByLabel('Filter length as a number');
    await taps.fill('4096');
    await taps.press('Tab');
    await button('Clean it').click();
    await button('Cancel').click();
    await button('Clean it').waitFor();
    expect(await page.getByTestId('reduction').count()).toBe(0);
    await taps.fill('64');
    await taps.press('Tab');
    await button('Clean it').click();
    await page.getByTestId('reduction').waitFor({ timeout: 30_000 });
  });

  test('says what is wrong with a file, and takes the next one', async () => {
    await drop('song.wav');
    await page.getByRole('alert').getByText('WAV_INVALID').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await drop('desk.wav', 'long.wav', 'song.wav');
    await page.getByRole('alert').getByText('FILES_NUMBER').waitFor();
    await drop('long.wav', 'desk.wav');
    await page.getByText('the first 288000 of both are used').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('had no fault on the way', () => {
    expect(faults).toEqual([]);
  });
});
