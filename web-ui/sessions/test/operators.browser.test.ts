/** The operators' page in Chromium against a whole server, with a live session of a guest on it. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPassword } from '../../../host/sessions/testing/test-server.ts';
import { axeViolations } from '../../test/browser.ts';
import { PAGES_MISSING, PagesRig } from './rig.ts';

if (PAGES_MISSING) process.stderr.write(`skipped: the operators' page, because ${PAGES_MISSING}\n`);

const patience = { timeout: 20_000 };

describe.skipIf(PAGES_MISSING)('the operators’ page', { timeout: 60_000 }, () => {
  let rig: PagesRig;
  let page: Page;
  let guest: Page;
  let viewerEmail: string;

  beforeAll(async () => {
    rig = await PagesRig.start();
    const viewer = await rig.server.user('viewer');
    viewerEmail = ((await viewer.get('/users/me')).body as { email: string }).email;
    page = await rig.open('operators');
    guest = await rig.open();
    await guest.getByRole('button', { name: 'Start as a guest' }).click();
    await guest.getByRole('button', { name: 'Start', exact: true }).click();
    await guest.locator('button[data-state=running]').waitFor(patience);
  }, 60_000);
  afterAll(() => rig?.close());

  const tab = (name: string) => page.getByRole('radio', { name, exact: true }).check();
  const signIn = async (email: string, password: string) => {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  /** Both clicks. */
  const confirm = async (name: string) => {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('button', { name: `${name}: really?`, exact: true }).click();
  };

  test('refuses a wrong password in words, and lets an administrator in', async () => {
    await signIn('root@example.com', 'not the password');
    await page.getByRole('alert').getByText(/\w/).waitFor();
    rig.faults.length = 0;
    await signIn('root@example.com', testPassword);
    await page.getByText('live sessions').waitFor();
  });

  test('shows the live session with its figures, and ends it', async () => {
    const row = page.locator('anc-sessions-tab tbody tr').first();
    await row.getByText('live page').waitFor();
    await expect.poll(() => row.innerText(), patience).toMatch(/\d\.\d \/ \d+\.\d/);
    await confirm('End live page');
    await page.getByText('The session has ended.').waitFor();
    await guest.getByText('The session was ended by its owner or an operator.').waitFor();
  });

  test('orders its report, and saves it when it is done', async () => {
    await page.getByLabel('Which').selectOption('ended');
    await page.getByRole('button', { name: 'Report of live page' }).click();
    await page.getByText('The report is ordered: see Jobs.').waitFor();
    await tab('Jobs');
    const button = page.getByRole('button', { name: 'Save the page of session-report' });
    await button.waitFor({ timeout: 30_000 });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect(await readFile(await download.path(), 'utf8')).toContain('<svg');
  });

  test('gives a user another role, which the server then knows', async () => {
    await tab('Users');
    const row = page.locator('anc-users-tab tbody tr').filter({ hasText: viewerEmail });
    await row.getByRole('combobox').selectOption('engineer');
    await page.getByText(/is engineer now\./).waitFor();
    const { body } = await rig.admin.expecting(200, 'GET', '/users');
    const { items } = body as { items: { email: string | null; role: string }[] };
    expect(items.find(({ email }) => email === viewerEmail)?.role).toBe('engineer');
    await row.getByRole('combobox').selectOption('viewer');
    await page.getByText(/is viewer now\./).waitFor();
  });

  test('makes a key that works, and revokes it', async () => {
    await tab('API keys');
    await page.getByLabel('Name of a new key').fill('line 3');
    await page.getByLabel('sessions:read').check();
    await page.getByRole('button', { name: 'Make a key' }).click();
    const key = await page.getByTestId('new-key').innerText();
    const program = rig.server.anyone.with({ 'X-API-Key': key });
    expect((await program.get('/sessions')).status).toBe(200);
    expect((await program.get('/devices')).status).toBe(403);
    await confirm('Revoke line 3');
    await page.getByText('line 3 is revoked.').waitFor();
    expect((await program.get('/sessions')).status).toBe(401);
  });

  test('shows what a headset last said of itself, and removes it', async () => {
    const device = { serialNumber: 'ANC-7', board: 'virtual-i2s', firmwareVersion: '0.1.0' };
    const { body } = await rig.admin.expecting(201, 'POST', '/devices', device);
    const { id } = body as { id: string };
    const telemetry = { at: new Date().toISOString(), values: { errorDb: -41.5, mode: 'anc' } };
    await rig.admin.expecting(202, 'POST', `/devices/${id}/telemetry`, telemetry);
    await tab('Devices');
    await page.getByRole('button', { name: 'Telemetry of ANC-7' }).click();
    await page.getByText('-41.5').waitFor();
    await confirm('Remove ANC-7');
    await page.getByText('ANC-7 has left.').waitFor();
    expect((await rig.admin.get(`/devices/${id}`)).status).toBe(404);
  });

  test.each(['light', 'dark'] as const)('is clean by axe-core on every tab, %s', async (theme) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const name of ['Sessions', 'Users', 'API keys', 'Jobs', 'Devices']) {
      await tab(name);
      await page.waitForTimeout(400);
      expect(await axeViolations(page), name).toEqual([]);
    }
  });

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['Sessions', 'API keys']) {
      await tab(name);
      await page.waitForTimeout(300);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, name).toBeLessThanOrEqual(390);
      expect(await axeViolations(page), name).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('shows a viewer only what viewers may see', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await signIn(viewerEmail, testPassword);
    await page.getByRole('radio', { name: 'Sessions' }).waitFor();
    expect(await page.getByRole('radio', { name: 'Users' }).count()).toBe(0);
    expect(await page.locator('anc-server-figures').count()).toBe(0);
    await page.reload();
    await page.getByRole('radio', { name: 'Sessions' }).waitFor();
  });

  test('had no fault on the way', () => {
    expect(rig.faults).toEqual([]);
  });
});
