import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { workerFile } from '../../../host/sessions/live/worker/worker-file.ts';
import type { ApiCaller } from '../../../host/sessions/testing/api-caller.ts';
import { startTestServer, type TestServer } from '../../../host/sessions/testing/test-server.ts';
import { BROWSER_MISSING, launch } from '../../test/browser.ts';
import { Cable } from './cable.ts';
import { tapAudio } from './echo.ts';
import { writeTwoMicrophones } from './noise-file.ts';
import { pagesDir } from './static-pages.ts';

/** Why tests of the pages are skipped; false when they can run. */
export const PAGES_MISSING: string | false =
  BROWSER_MISSING ||
  (existsSync(join(pagesDir, 'anc-core.wasm')) && workerFile() ? false : 'the pages are not built');

/** A whole server, a cable to it, and a Chromium whose microphone plays a file. */
export class PagesRig {
  readonly server: TestServer;
  readonly cable: Cable;
  readonly browser: Browser;
  readonly admin: ApiCaller;
  /** errors of the pages and of their consoles */
  readonly faults: string[] = [];
  readonly folder: string;

  static async start(): Promise<PagesRig> {
    const folder = await mkdtemp(join(tmpdir(), 'anc-pages-'));
    const microphone = join(folder, 'microphone.wav');
    await writeTwoMicrophones(microphone, 10);
    const server = await startTestServer({ pages: pagesDir });
    const cable = await Cable.to(server.port);
    const browser = await launch([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
    ]);
    return new PagesRig(folder, server, cable, browser, await server.user('admin'));
  }

  private constructor(
    folder: string,
    server: TestServer,
    cable: Cable,
    browser: Browser,
    admin: ApiCaller,
  ) {
    this.folder = folder;
    this.server = server;
    this.cable = cable;
    this.browser = browser;
    this.admin = admin;
  }

  async open(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    await page.addInitScript(tapAudio);
    await page.goto(this.cable.url + path);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.cable.close();
    await this.server.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** '−12.3 dB' → −12.3 */
export async function numberOf(page: Page, testId: string): Promise<number> {
  const text = await page.getByTestId(testId).innerText();
  return Number.parseFloat(text.replace('−', '-'));
}
