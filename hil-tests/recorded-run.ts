/** One run of the virtual headset as fast as it goes, with what its microphones heard and what it logged. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '@anc/dsp-reference';
import { enums } from '@anc/link';
import { virtualHeadsetProgram } from '../host/transports/index.ts';

export interface LoggedEvent {
  readonly ms: number;
  readonly code: string;
  readonly value: number;
}

export interface RecordedRun {
  readonly rollbacks: number;
  readonly impulses: number;
  /** The newest sixteen. */
  readonly log: readonly LoggedEvent[];
  /** Largest output, full scale is 1. */
  readonly peak: number;
  /** Off minus on at the error microphone, dB, positive is quieter. */
  attenuationDb(fromSeconds: number, toSeconds: number): number;
}

const codeNames = new Map<number, string>(
  Object.entries(enums.logCode).map(([name, value]) => [value, name]),
);

async function samples(file: string): Promise<Float64Array> {
  return Float64Array.from((await readWav(file)).channels[0]!);
}

/** Errors: those of anc-virtual, as text. */
export async function recordedRun(args: readonly string[]): Promise<RecordedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-run-'));
  try {
    const all = ['--set', 'mode=anc', '--speed=max', `--record=${folder}`, ...args];
    const done = JSON.parse(execFileSync(virtualHeadsetProgram(), all, { encoding: 'utf8' })) as {
      rollbacks: number;
      impulses: number;
      log: { ms: number; code: number; value: number }[];
    };
    const [on, off, output] = await Promise.all(
      ['error-on', 'error-off', 'anti-noise'].map((name) => samples(join(folder, `${name}.wav`))),
    );
    const power = (signal: Float64Array, from: number, to: number) =>
      signal.subarray(from * 48000, to * 48000).reduce((sum, v) => sum + v * v, 1e-12);
    return {
      rollbacks: done.rollbacks,
      impulses: done.impulses,
      log: done.log.map((event) => ({ ...event, code: codeNames.get(event.code) ?? '' })),
      peak: output!.reduce((peak, v) => Math.max(peak, Math.abs(v)), 0),
      attenuationDb: (from, to) => 10 * Math.log10(power(off!, from, to) / power(on!, from, to)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
