// npm run bench -- live-page [RECORDING.wav] [SECONDS]: the live page in Chromium, its microphone a recording, against a
// server in a process of its own; the network is away for two seconds in the middle. Then the same in the browser alone.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { encodeWav, readWav, resample } from '@anc/dsp-reference';
import { DATA_MISSING, dataFile } from '../../../dsp-reference/src/testing.ts';
import { BenchServer } from '../../../host/sessions/bench/bench-server.ts';
import { BROWSER_MISSING, launch } from '../../test/browser.ts';
import { Cable } from '../test/cable.ts';
import { twoMicrophones } from '../test/noise-file.ts';

const rateHz = 48_000;
const pagesDir = join(process.cwd(), 'web-ui/dist/sessions');
const recording =
  process.argv[2] ?? (DATA_MISSING ? null : dataFile('noises/helicopter_cabin_flight.wav'));
const seconds = Number(process.argv[3] ?? 60);
if (!(seconds >= 20)) throw new Error(`${process.argv[3]} is no number of seconds from 20`);
if (BROWSER_MISSING) throw new Error(BROWSER_MISSING);

/** What the server’s metrics say of its only session. */
async function metrics(): Promise<Record<string, number>> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const value = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? NaN);
  const of = (name: string) => value(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm'));
  const meanMs = (part: string) => {
    const series = (end: string) =>
      value(new RegExp(`^anc_latency_seconds_${end}{[^}]*part="${part}"[^}]*} (\\S+)$`, 'm'));
    return (1000 * series('sum')) / series('count');
  };
  return {
    cancellationDb: of('anc_cancellation_db'),
    chunks: of('anc_chunks_processed_total'),
    dropped: value(/^anc_dropped_chunks_total{[^}]*reason="overflow"[^}]*} (\S+)$/m),
    queueMeanMs: meanMs('queue'),
    filterMeanMs: meanMs('filter'),
    totalMeanMs: meanMs('total'),
  };
}

/** What Chromium’s fake microphone reads: 16 bits at 48 kHz. */
async function microphoneFile(folder: string): Promise<string> {
  let sound = twoMicrophones(10).left;
  if (recording) {
    const { channels, sampleRateHz } = await readWav(recording);
    sound = resample(channels[0]!, sampleRateHz, rateHz);
  }
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, encodeWav({ sampleRateHz: rateHz, channels: [sound] }, 'pcm16'));
  return path;
}

async function figure(page: Page, testId: string): Promise<number> {
  const text = await page.getByTestId(testId).innerText();
  return Number.parseFloat(text.replace('−', '-'));
}

async function latencies(page: Page): Promise<Record<string, [string, string]>> {
  const rows = page.locator('anc-live-latency tr:has(td)');
  const texts = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].slice(0, 3).map(({ textContent }) => textContent!.trim())),
  );
  return Object.fromEntries(texts.map(([name, p50, p95]) => [name!, [p50!, p95!]]));
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const folder = mkdtempSync(join(tmpdir(), 'anc-live-page-'));
const server = await BenchServer.start({}, pagesDir);
const cable = await Cable.to(Number(new URL(server.url).port));
const browser = await launch([
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${await microphoneFile(folder)}`,
]);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(cable.url);
  await page.getByRole('button', { name: 'Start as a guest' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const running = page.locator('button[data-state=running]');
  await running.waitFor();
  const differences: number[] = [];
  let recoveredMs = NaN;
  for (let second = 0; second < seconds; second += 1) {
    await page.waitForTimeout(1000);
    if (second === Math.floor(seconds / 2)) {
      cable.cut();
      await page.waitForTimeout(2000);
      cable.mend();
      const start = performance.now();
      await page.getByText('The connection is back; the session goes on.').waitFor();
      recoveredMs = performance.now() - start;
    }
    const { cancellationDb } = await metrics();
    const own = await figure(page, 'cancellation');
    if (Number.isFinite(own - cancellationDb!)) differences.push(own - cancellationDb!);
  }
  const online = {
    recording: recording ? basename(recording) : 'generated',
    seconds,
    cancellationDb: await figure(page, 'cancellation'),
    medianDifferenceDb: median(differences),
    latencyMs: await latencies(page),
    server: await metrics(),
    jitter: await page.getByTestId('jitter').innerText(),
    recoveredMs,
  };
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('radio', { name: 'This browser' }).check();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await running.waitFor();
  await page.waitForTimeout(10_000);
  const local = {
    cancellationDb: await figure(page, 'cancellation'),
    latencyMs: await latencies(page),
  };
  const report = { online, local };
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/live-page.json', `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await browser.close();
  await cable.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
}
