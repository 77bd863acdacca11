/** Runs firmware/tests/engine_run, the C core on files, for the differential tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineConfig } from './config.ts';
import type { SecondaryModel } from './kernel.ts';

/** `native` is the release build; `check` reports every range error and ends with status 70 on the first. */
export type CorePreset = 'native' | 'check';

export interface CoreResult {
  output: Int32Array;
  disturbance: Int32Array;
  weights: Int32Array;
}

/** A control action before sample `at`. Only one of the optional fields is used by engine_run per argument. */
export interface CoreEvent {
  at: number;
  config?: Partial<EngineConfig>;
  secondary?: SecondaryModel;
  weights?: Int32Array;
  target?: Int32Array;
  follow?: boolean;
  freeze?: boolean;
  guardMute?: boolean;
  duck?: boolean;
  /** Q31, from there on */
  inject?: number;
  /** a better model of the same path */
  correct?: SecondaryModel;
  notch?: { index: number; k1_q20: number; k2_q20: number };
  releaseNotch?: number;
  action?: 'reset' | 'save' | 'restore';
}

/** The `secondaryModel` block: u16 delay, u16 length, i16 exponent, i16 taps, little-endian. */
export function encodeSecondary(m: SecondaryModel): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(6 + 2 * m.taps_q15.length));
  bytes.setUint16(0, m.delaySamples, true);
  bytes.setUint16(2, m.taps_q15.length, true);
  bytes.setInt16(4, m.exponent, true);
  m.taps_q15.forEach((v, i) => bytes.setInt16(6 + 2 * i, v, true));
  return new Uint8Array(bytes.buffer);
}

function argumentsOf(event: CoreEvent, folder: string, index: number): string[] {
  const list: string[] = event.at > 0 ? [`@${event.at}`] : [];
  for (const [key, value] of Object.entries(event.config ?? {})) {
    list.push(`${key.replace(/_e\d$/, '')}=${Number(value)}`);
  }
  if (event.secondary) {
    const path = join(folder, `secondary${index}`);
    writeFileSync(path, encodeSecondary(event.secondary));
    list.push(`secondary=${path}`);
  }
  if (event.weights) {
    const path = join(folder, `weights${index}`);
    writeFileSync(path, bytesOf(event.weights));
    list.push(`weights=${path}`);
  }
  if (event.target) {
    const path = join(folder, `target${index}`);
    writeFileSync(path, bytesOf(event.target));
    list.push(`target=${path}`);
  }
  if (event.follow !== undefined) list.push(`follow=${Number(event.follow)}`);
  if (event.freeze !== undefined) list.push(`freeze=${Number(event.freeze)}`);
  if (event.guardMute !== undefined) list.push(`guardMute=${Number(event.guardMute)}`);
  if (event.duck !== undefined) list.push(`duck=${Number(event.duck)}`);
  if (event.inject !== undefined) list.push(`inject=${event.inject}`);
  if (event.correct) {
    const path = join(folder, `correct${index}`);
    writeFileSync(path, encodeSecondary(event.correct));
    list.push(`correct=${path}`);
  }
  if (event.notch) {
    const { index, k1_q20, k2_q20 } = event.notch;
    list.push(`notch=${index},${k1_q20},${k2_q20}`);
  }
  if (event.releaseNotch !== undefined) list.push(`releaseNotch=${event.releaseNotch}`);
  if (event.action) list.push(`${event.action}=1`);
  return list;
}

function bytesOf(samples: Int32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function readSamples(path: string): Int32Array {
  const bytes = readFileSync(path);
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** What engine_run is to do. */
export interface CoreCase {
  readonly sampleRateHz: number;
  /** Q31, like `error` of the same length */
  readonly reference: Int32Array;
  readonly error: Int32Array;
  /** in order of `at` */
  readonly events: readonly CoreEvent[];
  /** samples per anc_engine_process; 1 also gives the disturbance estimate, which is empty otherwise */
  readonly block?: number;
}

/** Writes the files of a case into `folder`; what to hand to engine_run. */
export function writeCoreCase(folder: string, core: CoreCase): string[] {
  writeFileSync(join(folder, 'x'), bytesOf(core.reference));
  writeFileSync(join(folder, 'e'), bytesOf(core.error));
  const head = [join(folder, 'x'), join(folder, 'e'), join(folder, 'out')];
  const tail = core.events.flatMap((event, i) => argumentsOf(event, folder, i));
  return [...head, `rate=${core.sampleRateHz}`, `block=${core.block ?? 1}`, ...tail];
}

/** What engine_run left in the folder of its case. */
export function readCoreResult(folder: string): CoreResult {
  const prefix = join(folder, 'out');
  return {
    output: readSamples(`${prefix}.y`),
    disturbance: readSamples(`${prefix}.d`),
    weights: readSamples(`${prefix}.w`),
  };
}

/**
 * The core's answer to reference and error with the events.
 * @throws when the program fails, with its message: a report of the checking operators, too
 */
export function runCore(
  preset: CorePreset,
  sampleRateHz: number,
  reference: Int32Array,
  error: Int32Array,
  events: readonly CoreEvent[],
  block = 1,
): CoreResult {
  const program = new URL(`../../../firmware/build/${preset}/engine_run`, import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'anc-engine-'));
  try {
    const args = writeCoreCase(folder, { sampleRateHz, reference, error, events, block });
    execFileSync(fileURLToPath(program), args, { stdio: 'pipe' });
    return readCoreResult(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Index of the first difference, -1 when there is none: quicker and clearer than comparing arrays by matcher. */
export function firstDifference(a: Int32Array, b: Int32Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
