/** The same module in a browser: loaded by fetch, same samples. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NlmsQ15Model, NlmsQ31Model } from '../../../dsp-reference/src/model/nlms.ts';
import { Random, randomSignal } from '../../../dsp-reference/src/model/random-case.ts';
import { scalarRatio } from '../../../dsp-reference/src/model/scalar.ts';
import { BROWSER_MISSING, launch } from '../../../web-ui/test/browser.ts';
import type * as Wrapper from './browser.ts';
import { coreFile, loadCore } from './node.ts';

interface Page {
  readonly ancWasm: typeof Wrapper;
}

const missing = BROWSER_MISSING || (coreFile() ? false : 'the WebAssembly core is not built');
if (missing) process.stderr.write(`skipped: the core in a browser, because ${missing}\n`);

describe.skipIf(missing)('in Chromium', { timeout: 60_000 }, () => {
  let server: Server;
  let browser: Browser;
  let url = '';

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [`${import.meta.dirname}/browser.ts`],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'ancWasm',
      target: 'es2022',
    });
    const files: Record<string, [type: string, body: Uint8Array | string]> = {
      '/': ['text/html', '<!doctype html><title>core</title><script src=wrapper.js></script>'],
      '/wrapper.js': ['text/javascript', outputFiles[0]!.contents],
      '/anc-core.wasm': ['application/wasm', readFileSync(coreFile()!)],
    };
    server = createServer((request, response) => {
      const [type, body] = files[request.url ?? ''] ?? ['', ''];
      response.writeHead(type ? 200 : 404, { 'content-type': type || 'text/plain' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('gives the samples of the integer models', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const r = new Random(77);
    const [x, d] = [randomSignal(r), randomSignal(r)].map((next) =>
      Array.from({ length: 2000 }, next),
    ) as [number[], number[]];
    const results = await page.evaluate(
      async ([reference, primary]) => {
        const core = await (globalThis as unknown as Page).ancWasm.loadCore();
        return (['q15', 'q31'] as const).map((format) => {
          const session = core.createNlms({
            format,
            taps: 96,
            stepSize: 0.5,
            ioBits: 24,
            blockSamples: 2000,
          });
          session.reference.set(reference);
          session.primary.set(primary);
          session.process();
          return { error: [...session.error], weights: [...session.weights] };
        });
      },
      [x, d] as const,
    );
    for (const [index, Model] of [NlmsQ15Model, NlmsQ31Model].entries()) {
      const model = new Model({ taps: 96, ioBits: 24, step: scalarRatio(5e8, 1e9) });
      expect(results[index]!.error).toEqual(x.map((v, i) => model.step(v, d[i]!)));
      expect(results[index]!.weights).toEqual([...model.weights]);
      expect(model.weights.some((w) => w !== 0)).toBe(true);
    }
  });

  test('gives the samples that a controller gives in Node', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const r = new Random(78);
    const [x, e] = [randomSignal(r), randomSignal(r)].map((next) =>
      Array.from({ length: 2000 }, () => Math.fround(next() / 2 ** 32)),
    ) as [number[], number[]];
    const options = {
      sampleRateHz: 48000,
      taps: 96,
      secondary: [0, 0.5, 0.25],
      blockSamples: 2000,
    };
    const result = await page.evaluate(
      async ([given, reference, error]) => {
        const core = await (globalThis as unknown as Page).ancWasm.loadCore();
        const session = core.createController('modified-fxlms', given);
        session.reference.set(reference);
        session.error.set(error);
        session.process();
        return { output: [...session.output], weights: [...session.weights] };
      },
      [options, x, e] as const,
    );
    const session = (await loadCore()).createController('modified-fxlms', options);
    session.reference.set(x);
    session.error.set(e);
    session.process();
    expect(result).toEqual({ output: [...session.output], weights: [...session.weights] });
    expect(result.weights.some((w) => w !== 0)).toBe(true);
  });

  test('says that the module is not there', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const code = await page.evaluate(() =>
      (globalThis as unknown as Page).ancWasm.loadCore('elsewhere.wasm').then(
        () => 'loaded',
        (error: { code: string }) => error.code,
      ),
    );
    expect(code).toBe('CORE_MISSING');
  });
});
