// npm run bench -- controllers: bytes and nanoseconds a sample of each acoustic controller of the C core, native (of the
// first second) and in WebAssembly; 48 kHz, models of 384 values. The fastest of some runs: other programs only slow it down.
import { readPaths } from '@anc/dsp-reference';
import { loadCore } from '@anc/wasm';
import { runCoreLoop } from '../../dsp-reference/src/controllers/core-loop.ts';
import { delayed } from '../../dsp-reference/src/controllers/trial.ts';
import { makeNoise } from '../../dsp-reference/src/noise/generators.ts';

const RATE = 48000;
const TAPS = [512, 1024];
const LATENCY = 5;
const MODEL = 384;
const ROUNDS = 25;
/** calls of a tenth of a second */
const WARM_UP = 5;

const paths = await readPaths('builtin:normal');
const noise = makeNoise('cabin', RATE, { levelDb: -23, seed: 1 });
const secondary = delayed(paths.secondary.subarray(0, MODEL - LATENCY), LATENCY);
const feedback = delayed(paths.feedback.subarray(0, MODEL - LATENCY), LATENCY);
const core = await loadCore();

const fastest = (run: () => number) => Math.min(...Array.from({ length: ROUNDS }, run));

/** Of the second half of a second: whoever listens first has listened. */
function inWasm(algorithm: string, taps: number): number {
  const options = { sampleRateHz: RATE, taps, secondary, feedback, blockSamples: RATE / 10 };
  const session = core.createController(algorithm, options);
  session.reference.set(noise.subarray(0, session.blockSamples));
  session.error.set(noise.subarray(0, session.blockSamples).map((v) => 0.5 * v));
  for (let i = 0; i < WARM_UP; i++) session.process();
  const ns = fastest(() => {
    const start = performance.now();
    session.process();
    return (1e6 * (performance.now() - start)) / session.blockSamples;
  });
  session.dispose();
  return ns;
}

process.stdout.write(
  '| controller | taps | KiB | ns a sample, native | WebAssembly |\n|---|---|---|---|---|\n',
);
for (const algorithm of core.controllerNames) {
  for (const taps of TAPS) {
    let bytes = 0;
    const native = fastest(() => {
      const models = { secondary, feedback, latencySamples: LATENCY };
      const run = runCoreLoop({ algorithm, paths, noise, taps, ...models });
      bytes = run.bytes;
      return run.nanosecondsPerSample;
    });
    const figures = [native, inWasm(algorithm, taps)].map((ns) => ns.toFixed(0)).join(' | ');
    process.stdout.write(
      `| \`${algorithm}\` | ${taps} | ${(bytes / 1024).toFixed(1)} | ${figures} |\n`,
    );
  }
}
