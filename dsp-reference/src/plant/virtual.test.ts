/** The plant and the noises here against those of the virtual headset, which follow the same page in C. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NOISE_KINDS } from '../noise/generators.ts';
import { readPaths } from '../paths/read.ts';
import { simulate } from '../simulate/simulate.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../firmware/build/native/anc-virtual', import.meta.url),
);
const SECONDS = 2;
const SEED = 3;

/** Samples of a WAV file with 24 bits and a header of 44 bytes. */
function samples(file: string): Float64Array {
  const bytes = readFileSync(file);
  const count = (bytes.length - 44) / 3;
  return Float64Array.from({ length: count }, (_, i) => bytes.readIntLE(44 + 3 * i, 3) / 0x800000);
}

function record(noise: string, paths: string, latency: number): Record<string, Float64Array> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-plant-'));
  const options = `--speed max --set mode=anc --set algorithm=fxnlms --level-db -23 --mic-noise-db -90 --seed ${SEED} --seconds ${SECONDS}`;
  const run = ['--noise', noise, '--paths', paths, '--latency', `${latency}`, '--record', folder];
  try {
    execFileSync(PROGRAM, [...options.split(' '), ...run], { stdio: 'pipe' });
    const names = ['reference', 'error-off', 'anti-noise'];
    return Object.fromEntries(names.map((name) => [name, samples(join(folder, `${name}.wav`))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function expectSame(noise: string, path: string, latencySamples: number): Promise<void> {
  const virtual = record(noise, path, latencySamples);
  const paths = await readPaths(path);
  const { signals } = await simulate({
    paths,
    noise,
    latencySamples,
    seed: SEED,
    seconds: SECONDS,
    levelDb: -23,
  });
  const worst = (name: string, own: Float64Array) => {
    expect(virtual[name]).toHaveLength(own.length);
    return own.reduce((max, v, i) => Math.max(max, Math.abs(v - virtual[name]![i]!)), 0);
  };
  // half a step of 24 bits, and what float64 rounds differently in other orders of summing
  const rounding = 5 * 2 ** -24;
  expect(worst('reference', signals.reference)).toBeLessThan(rounding);
  expect(worst('error-off', signals.disturbance)).toBeLessThan(rounding);
  // a microphone sample that rounds the other way changes what is learned from it by a little
  expect(worst('anti-noise', signals.output)).toBeLessThan(2 ** -15);
  expect(Math.max(...signals.output)).toBeGreaterThan(2 ** -9);
}

const missing = existsSync(PROGRAM) ? false : 'anc-virtual is not built';

describe.skipIf(missing)(`the virtual headset${missing ? `: ${missing}` : ''}`, () => {
  it.each(NOISE_KINDS)('hears and plays the same with %s and the built-in ear', async (noise) => {
    await expectSame(noise, 'builtin:normal', 5);
  });

  it('likewise in a loose fit with no latency', async () => {
    await expectSame('cabin', 'builtin:loose', 0);
  });

  it.skipIf(DATA_MISSING)('likewise with measured paths', async () => {
    await expectSame('cabin', dataFile('paths/booth/person012_L.json'), 24);
    await expectSame('train', `${dataFile('paths/dummy/az090.json')}#ear=R`, 24);
  });
});
