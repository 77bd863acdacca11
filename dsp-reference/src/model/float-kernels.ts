/** Runs firmware/tests/nlms_run on float samples: the C kernels in single precision, for differential tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type FloatKernel = 'f32' | 'fdaf';

export interface FloatRun {
  readonly e: Float32Array;
  readonly weights: Float32Array;
  readonly nanosecondsPerSample: number;
}

/**
 * @param last leakage of a sample for f32, the block for fdaf
 * @param constrained fdaf: partitions made causal a block, in turn; 0 (default) is all of them
 * @throws when the program fails, with its message
 */
export function runFloatKernel(
  preset: 'native' | 'sanitize',
  kernel: FloatKernel,
  x: Float32Array,
  d: Float32Array,
  taps: number,
  stepSize: number,
  last: number,
  constrained = 0,
): FloatRun {
  const program = new URL(`../../../firmware/build/${preset}/nlms_run`, import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'anc-float-'));
  try {
    const path = (name: string) => join(folder, name);
    writeFileSync(path('x'), new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
    writeFileSync(path('d'), new Uint8Array(d.buffer, d.byteOffset, d.byteLength));
    const ending = kernel === 'f32' ? last * 1e9 : `${last},${constrained}`;
    const settings = [taps, Math.round(stepSize * 1e9), ending];
    const args = [kernel, path('x'), path('d'), path('out'), ...settings.map(String)];
    const printed = execFileSync(fileURLToPath(program), args, { stdio: 'pipe' });
    const read = (name: string) => {
      const file = readFileSync(path(name));
      return new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    };
    return { e: read('out.e'), weights: read('out.w'), nanosecondsPerSample: Number(printed) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
