/** Noise reduction of the NLMS kernels, as an electrical canceller on synthetic signals. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Nlms, noiseSource } from '@anc/dsp-reference';

export const sampleRateHz = 48000;
export const noiseFloorDb = -60;

export interface Signals {
  readonly x: Float64Array;
  readonly d: Float64Array;
}

/** White reference, a random decaying system of unit gain, and noise 60 dB below the primary. */
export function makeSignals(taps: number, levelDb: number, seconds: number): Signals {
  const [noise, own, system] = [1, 2, 3].map((seed) => noiseSource('white', seed)) as [
    () => number,
    () => number,
    () => number,
  ];
  const h = Float64Array.from({ length: taps }, (_, i) => system() * Math.exp((-5 * i) / taps));
  const size = Math.hypot(...h);
  const gain = 10 ** (levelDb / 20);
  const n = seconds * sampleRateHz;
  const x = Float64Array.from({ length: n }, () => gain * noise());
  const d = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let k = 0; k < taps && k <= i; k += 1) sum += h[k]! * x[i - k]!;
    d[i] = sum / size + gain * 10 ** (noiseFloorDb / 20) * own();
  }
  return { x, d };
}

function quantise(signal: Float64Array, bits: number): Int32Array {
  const scale = 2 ** (bits - 1);
  const left = 2 ** (32 - bits);
  return Int32Array.from(
    signal,
    (v) => Math.max(-scale, Math.min(scale - 1, Math.round(v * scale))) * left,
  );
}

/** 10·log10(d²/e²) over the last 0.4 s. */
function reductionDb(d: ArrayLike<number>, e: ArrayLike<number>): number {
  let [dd, ee] = [0, 0];
  for (let i = d.length - 0.4 * sampleRateHz; i < d.length; i += 1) {
    dd += d[i]! ** 2;
    ee += e[i]! ** 2;
  }
  return 10 * Math.log10(dd / ee);
}

/** The C kernel, native. */
export function runKernel(
  kernel: 'q15' | 'q31',
  { x, d }: Signals,
  taps: number,
  stepSize: number,
  ioBits: number,
): number {
  const folder = mkdtempSync(join(tmpdir(), 'anc-level-'));
  try {
    const path = (name: string) => join(folder, name);
    const bytes = (samples: Int32Array) => new Uint8Array(samples.buffer);
    const [xi, di] = [quantise(x, ioBits), quantise(d, ioBits)];
    writeFileSync(path('x'), bytes(xi));
    writeFileSync(path('d'), bytes(di));
    const args = [
      kernel,
      path('x'),
      path('d'),
      path('out'),
      taps,
      Math.round(stepSize * 1e9),
      ioBits,
    ];
    execFileSync('firmware/build/native/nlms_run', args.map(String));
    const e = readFileSync(path('out.e'));
    return reductionDb(di, new Int32Array(e.buffer.slice(e.byteOffset, e.byteOffset + e.length)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function runFloat64({ x, d }: Signals, taps: number, stepSize: number): number {
  const nlms = new Nlms({ taps, stepSize });
  return reductionDb(
    d,
    d.map((v, i) => nlms.step(x[i]!, v)),
  );
}

/** −10·log10 of the noise's share and NLMS's misadjustment 2/(2 − µ). */
export function theoryDb(stepSize: number): number {
  return -noiseFloorDb - 10 * Math.log10(2 / (2 - stepSize));
}

/** What rounding of inputs and output to `bits` leaves of the theory at a level: three roundings of 1/12 LSB². */
export function roundingBoundDb(stepSize: number, levelDb: number, bits: number): number {
  const roundingDb = 10 * Math.log10(3 / 12) - 20 * (bits - 1) * Math.log10(2) - levelDb;
  return -10 * Math.log10(10 ** (-theoryDb(stepSize) / 10) + 10 ** (roundingDb / 10));
}
