/**
 * The panel in Chromium. On the virtual headset: on a real recording through a measured path when the data is there, else
 * on the built-in noise and paths. On an emulated chip: its main job.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATA_MISSING, dataFile } from '../../dsp-reference/src/testing.ts';
import { startServer, type PanelServer } from '../../host/server/index.ts';
import { EMULATED_MISSING, EmulatedHeadset } from '../../host/testing/emulated-headset.ts';
import { VIRTUAL_MISSING, VirtualHeadset } from '../../host/testing/virtual-headset.ts';
import { axeViolations, BROWSER_MISSING, frameRate, launch } from './browser.ts';

const panelDir = join(import.meta.dirname, '../dist');
const missing = BROWSER_MISSING || (existsSync(panelDir) ? false : 'the panel is not built');
if (DATA_MISSING) process.stderr.write(`panel tests use built-in noise: ${DATA_MISSING}\n`);

const sound = DATA_MISSING
  ? ['--noise=cabin']
  : [
      `--noise=${dataFile('noises/train_inside_buenos_aires.wav')}`,
      `--paths=${dataFile('paths/dummy/az090.json')}`,
    ];

/** `taps` it starts with; `looks` whether the panel itself is looked at, too. */
const devices = [
  {
    name: 'the virtual headset',
    missing: missing || VIRTUAL_MISSING,
    make: () => new VirtualHeadset(sound),
    taps: '1024',
    looks: true,
  },
  {
    name: 'an emulated rv32imc chip',
    missing: missing || EMULATED_MISSING,
    make: () => new EmulatedHeadset('rv32imc', [['noise', 'engine']]),
    taps: '256',
    looks: false,
  },
];
for (const device of devices.filter((each) => each.missing))
  process.stderr.write(`skipped: panel on ${device.name}, because ${device.missing}\n`);

const runnable = devices.filter((device) => !device.missing);
const panels = describe.skipIf(runnable.length === 0);
panels.each(runnable.length > 0 ? runnable : devices)(
  'the panel on $name',
  { timeout: 60_000 },
  (device) => {
    const { taps, looks } = device;
    const headset = device.make();
    let server: PanelServer;
    let browser: Browser;
    let page: Page;
    const faults: string[] = [];

    beforeAll(async () => {
      await headset.start();
      server = await startServer({ deviceUri: headset.tcpUri, port: 0, panelDir });
      browser = await launch();
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await page.goto(server.url);
      await page.locator('[data-state=connected]').waitFor();
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await headset.remove();
    });

    const number = async (testId: string) =>
      Number((await page.getByTestId(testId).innerText()).replace('−', '-').replace('dB', ''));
    const mode = (name: string) => page.getByRole('radio', { name });
    const row = (name: string) => page.locator(`anc-parameter-row[data-name=${name}]`);

    test('shows attenuation once ANC is on', async () => {
      expect(await page.getByTestId('attenuation').innerText()).toContain('–');
      await mode('ANC').check({ force: true });
      await expect.poll(() => number('attenuation'), { timeout: 20_000 }).toBeGreaterThan(5);
    });

    test('lets the error rise when ANC is switched off', async () => {
      const on = await number('error-level');
      await mode('Off').check({ force: true });
      await expect.poll(() => number('error-level'), { timeout: 8000 }).toBeGreaterThan(on + 4);
      await mode('ANC').check({ force: true });
      await expect.poll(() => number('error-level'), { timeout: 20_000 }).toBeLessThan(on + 4);
    });

    test('changes the step size in the headset by its slider, and stores it', async () => {
      const slider = row('stepSize').getByRole('slider');
      const before = await row('stepSize').getByRole('spinbutton').inputValue();
      await slider.focus();
      for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowRight');
      const field = row('stepSize').getByRole('spinbutton');
      await expect.poll(() => field.inputValue()).not.toBe(before);
      await row('stepSize').getByText('not stored').waitFor();
      await page.waitForTimeout(1000);
      const wanted = Number(await field.inputValue());
      expect(wanted).toBeGreaterThan(Number(before));
      const told = await fetch(`${server.url}api/v1/parameters`);
      const list = (await told.json()) as { parameters: { name: string; value: number }[] };
      expect(list.parameters.find(({ name }) => name === 'stepSize')?.value).toBe(wanted);
      await page.getByRole('button', { name: 'Store' }).click();
      await page.getByText('Stored, read back and compared.').waitFor();
      expect(await row('stepSize').getByText('not stored').count()).toBe(0);
    });

    test('says within two seconds that a killed headset is gone, and finds it again with what was stored', async () => {
      const wanted = await row('stepSize').getByRole('spinbutton').inputValue();
      const start = performance.now();
      await headset.kill();
      await page
        .getByRole('status')
        .getByText(/^disconnected/)
        .waitFor({ timeout: 2000 });
      expect(performance.now() - start).toBeLessThan(2000);
      expect(await mode('ANC').isDisabled()).toBe(true);
      await headset.start();
      await page.locator('[data-state=connected]').waitFor({ timeout: 10_000 });
      await expect.poll(() => row('stepSize').getByRole('spinbutton').inputValue()).toBe(wanted);
      await mode('ANC').check({ force: true });
      await expect.poll(() => number('attenuation'), { timeout: 20_000 }).toBeGreaterThan(5);
    });

    test('keeps its history over a reload', async () => {
      const points = () =>
        page.evaluate(async () => {
          const response = await fetch('api/v1/history');
          return ((await response.json()) as { fine: { timeMs: number[] } }).fine.timeMs.length;
        });
      await expect.poll(points, { timeout: 5000 }).toBeGreaterThan(60);
      const before = await points();
      await page.reload();
      await page.locator('[data-state=connected]').waitFor();
      const drawn = page.locator('anc-level-chart canvas[aria-label*="Now"]');
      await drawn.waitFor();
      expect(await points()).toBeGreaterThanOrEqual(before);
      const shown = await page.locator('anc-level-chart').evaluate((element) => {
        const { chart } = element as unknown as {
          chart: { data: { datasets: { data: unknown[] }[] } };
        };
        return chart.data.datasets[1]!.data.length;
      });
      expect(shown).toBeGreaterThanOrEqual(before);
    });

    test('refuses a number out of range in words', async () => {
      const field = row('taps').getByRole('spinbutton');
      await field.fill('5000');
      await field.press('Tab');
      await row('taps').getByText('5000 is not within 32 to 1024').waitFor();
      expect(await field.inputValue()).toBe(taps);
    });

    test('shows third octaves as attenuation and as levels off and on', async () => {
      const bars = () =>
        page.locator('anc-band-chart').evaluate((element) => {
          const { chart } = element as unknown as {
            chart: { data: { datasets: { data: number[] }[] } };
          };
          return chart.data.datasets.map(({ data }) => data);
        });
      await expect
        .poll(async () => (await bars())[0]?.length, { timeout: 5000 })
        .toBeGreaterThan(20);
      expect(Math.max(...(await bars())[0]!)).toBeGreaterThan(5);
      await page.getByLabel('What the bars show').selectOption('levels');
      await expect.poll(async () => (await bars()).length).toBe(2);
      await expect.poll(async () => (await bars())[1]!.length).toBeGreaterThan(20);
      const [off, on] = await bars();
      expect(Math.max(...off!)).toBeGreaterThan(Math.max(...on!));
    });

    test.runIf(looks)('draws 50 frames a second or more with all charts on', async () => {
      const rate = await frameRate(page);
      process.stderr.write(`panel: ${rate.toFixed(1)} frames a second\n`);
      expect(rate).toBeGreaterThan(50);
    });

    test.runIf(looks).each(['light', 'dark'] as const)(
      'is clean by axe-core, %s',
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(300);
        expect(await axeViolations(page)).toEqual([]);
      },
    );

    test.runIf(looks)('fits a phone', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForTimeout(300);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
      expect(await axeViolations(page)).toEqual([]);
    });

    test('had no fault on the way', () => {
      expect(faults).toEqual([]);
    });
  },
);
