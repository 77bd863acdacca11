/** The live page in Chromium, its microphone a file with hum and hiss, against the real live server. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionSettings, SessionStats } from '../../../host/sessions/protocol/index.ts';
import { latencyParts } from '../measure/latency-log.ts';
import { axeViolations } from '../../test/browser.ts';
import { lagOf, recordBoth } from './echo.ts';
import { numberOf, PAGES_MISSING, PagesRig } from './rig.ts';

interface LiveStats {
  readonly active: number;
  readonly chunksProcessed: number;
  readonly cancellationDb: number | null;
}

interface SessionView {
  readonly id: string;
  readonly settings: SessionSettings;
  readonly stats: SessionStats | null;
}

if (PAGES_MISSING) process.stderr.write(`skipped: the live page, because ${PAGES_MISSING}\n`);

/** of a machine that has other things to do */
const clockToleranceMs = 8;

const patience = { timeout: 15_000 };

describe.skipIf(PAGES_MISSING)('the live page', { timeout: 60_000 }, () => {
  let rig: PagesRig;
  let page: Page;

  beforeAll(async () => {
    rig = await PagesRig.start();
    page = await rig.open();
  }, 60_000);
  afterAll(() => rig?.close());

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const choose = (name: string) => page.getByRole('radio', { name, exact: true }).check();
  const running = () => page.locator('button[data-state=running]').waitFor(patience);
  /** over the sessions of the server: there is one */
  const stats = async () => (await rig.admin.get('/stats/sessions')).body as LiveStats;
  const session = async () => {
    const { body } = await rig.admin.get('/sessions?state=live');
    return (body as { items: SessionView[] }).items[0]!;
  };
  const start = async () => {
    await button('Start').click();
    await running();
  };

  test('lets a guest in by one click', async () => {
    await button('Start as a guest').click();
    await button('Start').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('runs a session in which hum is taken away, and says what the server says', async () => {
    await page.getByLabel('Step size as a number').fill('0.1');
    await page.getByLabel('Step size as a number').press('Tab');
    await start();
    await expect.poll(() => numberOf(page, 'cancellation'), patience).toBeGreaterThan(8);
    // Both look at a second, not at the same one: the hum is steady by then.
    const difference = async () =>
      Math.abs((await numberOf(page, 'cancellation')) - ((await stats()).cancellationDb ?? 99));
    await expect.poll(difference, patience).toBeLessThan(1);
    // The server keeps a session's figures every ten seconds.
    await expect.poll(async () => (await session()).stats, patience).not.toBeNull();
    const { inputDbfs } = (await session()).stats!;
    expect(Math.abs((await numberOf(page, 'level-input')) - inputDbfs!)).toBeLessThan(1);
    await expect.poll(() => page.getByTestId('noise').innerText(), patience).toBe('hum');
    expect(await page.getByTestId('ability').innerText()).toMatch(/^Line enhancer/);
  });

  test('has a latency for every part; the parts add up to what the audio clock says', async () => {
    await expect
      .poll(async () => {
        const text = await page.getByTestId('jitter').innerText();
        return Number(/last (\d+) chunks/.exec(text)?.[1]);
      }, patience)
      .toBeGreaterThan(300);
    for (const part of latencyParts) {
      const value = await numberOf(page, `latency-${part}`);
      expect(value, part).toBeGreaterThanOrEqual(-1);
      expect(value, part).toBeLessThan(500);
    }
    expect(await numberOf(page, 'latency-capture')).toBeGreaterThan(10.6);
    const [sum, mean] = [await numberOf(page, 'latency-sum'), await numberOf(page, 'latency-mean')];
    expect(Math.abs(sum - mean)).toBeLessThan(clockToleranceMs);
    // What the server says of itself: queue and filter of each chunk came with it.
    const { queueMs, filterMs } = (await session()).stats!.latency;
    expect(Math.abs((await numberOf(page, 'latency-queue')) - queueMs.p50)).toBeLessThan(2);
    expect(Math.abs((await numberOf(page, 'latency-filter')) - filterMs.p50)).toBeLessThan(1);
  });

  test('compares A and B at the same level: off gives the input back', async () => {
    await choose('A: off');
    await expect
      .poll(async () => Math.abs(await numberOf(page, 'cancellation')), patience)
      .toBeLessThan(0.1);
    // The same samples then come back: how late they are is what the page says, less what the browser says of its devices.
    const errorMs = async () => {
      const { heard, played, deviceMs } = await recordBoth(page, 1);
      const lag = lagOf(heard, played);
      if (lag === null) return Infinity;
      return Math.abs(lag / 48 + deviceMs - (await numberOf(page, 'latency-total')));
    };
    await expect.poll(errorMs, { timeout: 30_000 }).toBeLessThan(6);
    await choose('B: on');
    await expect.poll(() => numberOf(page, 'cancellation'), patience).toBeGreaterThan(8);
  });

  test('is muted until someone says that it goes to headphones', async () => {
    await page.getByText('The output is muted.').waitFor();
    await button('I wear headphones: let me hear it').click();
    await button('Mute the output').click();
    await page.getByText('The output is muted.').waitFor();
  });

  test('comes back after two seconds without network, in the same session', async () => {
    const { id } = await session();
    const before = (await stats()).chunksProcessed;
    rig.cable.cut();
    await page.getByTestId('reconnecting').waitFor({ timeout: 5000 });
    await page.waitForTimeout(500);
    rig.cable.mend();
    await page.getByText('The connection is back; the session goes on.').waitFor();
    await running();
    expect((await session()).id).toBe(id);
    await expect
      .poll(async () => (await stats()).chunksProcessed, patience)
      .toBeGreaterThan(before + 200);
    // What the filter had learned is still there.
    await expect.poll(() => numberOf(page, 'cancellation'), patience).toBeGreaterThan(8);
  });

  test.each(['light', 'dark'] as const)('is clean by axe-core while it runs, %s', async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(300);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('keeps its guest over a reload', async () => {
    const other = await page.context().newPage();
    await other.goto(rig.cable.url);
    await other.getByRole('button', { name: 'Start', exact: true }).waitFor();
    await other.close();
  });

  test('says that an operator has ended it', async () => {
    await rig.admin.expecting(200, 'POST', `/sessions/${(await session()).id}/end`);
    await page.getByText('The session was ended by its owner or an operator.').waitFor();
    await button('Start').waitFor();
  });

  test('cancels with the second microphone as reference, and swaps them', async () => {
    await page.getByLabel('Channels').selectOption('2');
    await start();
    expect(await page.getByTestId('ability').innerText()).toMatch(/^Reference canceller/);
    await expect.poll(() => numberOf(page, 'cancellation'), patience).toBeGreaterThan(12);
    const level = await numberOf(page, 'level-input');
    await button('Swap').click();
    await page.getByText('Primary: right, reference:').waitFor();
    // The right one is twice as loud.
    await expect.poll(() => numberOf(page, 'level-input'), patience).toBeGreaterThan(level + 4);
    await button('Swap').click();
    await button('Stop').click();
    await button('Start').waitFor();
  });

  test('shows why the server refuses a session', async () => {
    await page.route('**/api/v1/sessions', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          code: 'SESSIONS_TOO_MANY',
          title: 'Too many sessions',
          detail: 'three sessions are open already',
          hint: 'End one of them.',
        }),
      }),
    );
    await button('Start').click();
    await page.getByText('three sessions are open already').waitFor();
    await page.getByText('SESSIONS_TOO_MANY').waitFor();
    await page.unroute('**/api/v1/sessions');
    rig.faults.length = 0;
    await button('Start').waitFor();
  });

  test('does the same in the browser alone', async () => {
    await page.getByLabel('Channels').selectOption('1');
    await choose('This browser');
    await expect.poll(async () => (await stats()).active, patience).toBe(0);
    await start();
    await expect.poll(() => numberOf(page, 'cancellation'), patience).toBeGreaterThan(8);
    for (const part of ['capture', 'filter', 'playback'])
      expect(await numberOf(page, `latency-${part}`), part).toBeGreaterThanOrEqual(0);
    const [sum, mean] = [await numberOf(page, 'latency-sum'), await numberOf(page, 'latency-mean')];
    expect(Math.abs(sum - mean)).toBeLessThan(clockToleranceMs);
    await choose('A: off');
    await expect
      .poll(async () => Math.abs(await numberOf(page, 'cancellation')), patience)
      .toBeLessThan(0.1);
    expect((await stats()).active).toBe(0);
    await button('Stop').click();
    await button('Start').waitFor();
  });

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('says what to do without a microphone', async () => {
    const other = await rig.open();
    await other.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await other.reload();
    await other.getByRole('button', { name: 'Use it in this browser only' }).click();
    await other.getByRole('button', { name: 'Start', exact: true }).click();
    await other.getByText('The page may not use the microphone.').waitFor();
    await other.getByText('MICROPHONE_REFUSED').waitFor();
    expect(await axeViolations(other)).toEqual([]);
    await other.context().close();
  });

  test('had no fault on the way', () => {
    expect(rig.faults).toEqual([]);
  });
});
