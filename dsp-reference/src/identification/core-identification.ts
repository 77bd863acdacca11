/** Runs firmware/tests/identify_run: the C core's identification in a simulated ear, for differential tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Plant } from '../plant/plant.ts';
import type { Paths } from '../paths/paths.ts';
import { EXCITATIONS } from './excitation.ts';
import type { Excitation } from './excitation.ts';

export interface CoreIdentification {
  /** 0 accepted, else why not: enum identifyReason of the link */
  readonly reason: number;
  readonly erleDb: number;
  readonly octavesDb: readonly number[];
  readonly driveDb: number;
  readonly backgroundDb: number;
  readonly delaySamples: number;
  readonly modelTaps: number;
  readonly controlTaps: number;
  readonly stepSize: number;
  /** of memory */
  readonly bytes: number;
  /** the longest control step, and all steps of solving */
  readonly longestUs: number;
  readonly solvingUs: number;
  readonly secondary: Float32Array;
  readonly feedback: Float32Array;
}

export interface CoreRun {
  readonly paths: Paths;
  readonly noise: Float64Array;
  readonly latencySamples: number;
  readonly excitation: Excitation;
  readonly seconds: number;
  readonly taps: number;
  /** of memory; default 0: as much as is of use */
  readonly bytes?: number;
}

export const IDENTIFY_RUN = new URL('../../../firmware/build/native/identify_run', import.meta.url);

/** @throws when the program fails, with its message */
export function runCoreIdentification(run: CoreRun): CoreIdentification {
  const { paths, noise, latencySamples, seconds, taps, bytes = 0 } = run;
  const plant = new Plant(paths, noise, { latencySamples });
  const heard = {
    reference: new Float32Array(noise.length),
    error: new Float32Array(noise.length),
  };
  for (let n = 0; n < noise.length; n++) {
    heard.reference[n] = plant.reference();
    heard.error[n] = plant.error(0);
  }
  const behindLatency = (path: Float64Array) =>
    Float32Array.from([...new Array<number>(latencySamples).fill(0), ...path]);
  const folder = mkdtempSync(join(tmpdir(), 'anc-identify-'));
  try {
    const path = (name: string) => join(folder, name);
    const files = {
      s: behindLatency(paths.secondary),
      f: behindLatency(paths.feedback),
      x: heard.reference,
      e: heard.error,
    };
    for (const [name, { buffer }] of Object.entries(files))
      writeFileSync(path(name), new Uint8Array(buffer));
    const kind = EXCITATIONS.indexOf(run.excitation);
    const inputs = Object.keys(files).map(path);
    const settings = [kind, seconds, taps, bytes].map(String);
    const printed = execFileSync(
      fileURLToPath(IDENTIFY_RUN),
      [...inputs, path('out'), ...settings],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    );
    const read = (name: string) => {
      const file = readFileSync(path(name));
      return new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    };
    return {
      ...(JSON.parse(printed) as Omit<CoreIdentification, 'secondary' | 'feedback'>),
      secondary: read('out.s'),
      feedback: read('out.f'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
