/** The NLMS kernels in C against their integer models, sample for sample, on random settings and signals. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { firstDifference } from './core-runner.ts';
import { NlmsQ15Model, NlmsQ31Model } from './nlms.ts';
import { Random } from './random-case.ts';
import { scalarRatio } from './scalar.ts';

const models = { q15: NlmsQ15Model, q31: NlmsQ31Model };

function runC(
  preset: string,
  kernel: string,
  x: Int32Array,
  d: Int32Array,
  taps: number,
  step_e9: number,
  ioBits: number,
) {
  const program = fileURLToPath(
    new URL(`../../../firmware/build/${preset}/nlms_run`, import.meta.url),
  );
  const folder = mkdtempSync(join(tmpdir(), 'anc-nlms-'));
  try {
    const path = (name: string) => join(folder, name);
    const bytes = (samples: Int32Array) => new Uint8Array(samples.buffer);
    writeFileSync(path('x'), bytes(x));
    writeFileSync(path('d'), bytes(d));
    execFileSync(
      program,
      [kernel, path('x'), path('d'), path('out'), taps, step_e9, ioBits].map(String),
      { stdio: 'pipe' },
    );
    const read = (name: string) => {
      const file = readFileSync(path(name));
      return new Int32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    };
    return { e: read('out.e'), weights: read('out.w') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Levels from full scale down to the last bits, with jumps, silence and clipping on the way. */
function signal(r: Random, n: number): Int32Array {
  let level = 2 ** r.between(8, 31);
  return Int32Array.from({ length: n }, () => {
    if (r.chance(0.2)) level = r.chance(20) ? 0 : 2 ** r.between(4, 32);
    const v = Math.round((r.between(-1000000, 1000000) / 1000000) * level);
    return Math.max(-0x80000000, Math.min(0x7fffffff, v));
  });
}

describe.each(['q15', 'q31'] as const)('%s', (kernel) => {
  test('equals its model in every error sample and weight', () => {
    const samples = kernel === 'q15' ? 4000 : 1500;
    let adapted = 0;
    for (let seed = 1; seed <= 16; seed++) {
      const r = new Random(seed);
      const taps = 16 * r.between(1, seed % 4 === 0 ? 64 : 12);
      const step_e9 = r.pick([0, 1, 1000, 1e7, 1e8, 5e8, 1e9, 1.9e9]);
      const ioBits = r.pick([16, 24, 32] as const);
      const [x, d] = [signal(r, samples), signal(r, samples)];
      const model = new models[kernel]({ taps, ioBits, step: scalarRatio(step_e9, 1e9) });
      const e = Int32Array.from(x, (v, i) => model.step(v, d[i]!));
      for (const preset of ['native', 'check']) {
        const c = runC(preset, kernel, x, d, taps, step_e9, ioBits);
        const where = `seed ${seed}, ${preset}, ${taps} taps, step ${step_e9}e-9, first different `;
        expect(firstDifference(c.e, e), `${where}error`).toBe(-1);
        expect(firstDifference(c.weights, model.weights), `${where}weight`).toBe(-1);
      }
      if (model.weights.some((w) => w !== 0)) adapted++;
    }
    expect(adapted).toBeGreaterThan(8);
  });
});
