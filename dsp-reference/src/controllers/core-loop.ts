/** Runs firmware/tests/controller_run: the controllers of the C core in a closed loop, for differential tests and benches. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Paths } from '../paths/paths.ts';
import { convolve } from '../plant/convolve.ts';
import type { ControllerOptions } from './controller.ts';
import { SPECTRUM_BANDS } from './filter-library.ts';
import type { StoredFilter } from './filter-library.ts';

export interface CoreLoop extends Omit<ControllerOptions, 'sampleRateHz'> {
  /** of ALGORITHMS, and `fxnlms` in single precision */
  readonly algorithm: string;
  readonly paths: Paths;
  readonly noise: Float64Array;
  /** default 0 */
  readonly latencySamples?: number;
  /** default −90 dBFS */
  readonly micNoiseDb?: number;
  /** the paths from that sample on */
  readonly change?: { readonly at: number; readonly paths: Paths };
  /** of `selective` */
  readonly library?: readonly StoredFilter[];
  /** default `native`; `sanitize` with AddressSanitizer and UndefinedBehaviorSanitizer */
  readonly preset?: 'native' | 'sanitize';
}

export interface CoreLoopResult {
  /** the sound at the ear without the canceller, and with it */
  readonly off: Float32Array;
  readonly on: Float32Array;
  readonly output: Float32Array;
  readonly weights: Float32Array;
  /** what `selective` was given and what it learned, by number */
  readonly library: readonly StoredFilter[];
  /** of the controller alone */
  readonly nanosecondsPerSample: number;
  /** times that its output was no number, and it started again */
  readonly resets: number;
  /** of its arrays */
  readonly bytes: number;
}

/** The same loop as `Plant`'s, sounds in single precision. @throws when the program fails, with its message */
export function runCoreLoop(loop: CoreLoop): CoreLoopResult {
  return runCoreLoops(loop, [loop.algorithm])[0]!;
}

/** The same for several algorithms: what the paths make of the noise is found once. */
export function runCoreLoops(
  loop: Omit<CoreLoop, 'algorithm'>,
  algorithms: readonly string[],
): CoreLoopResult[] {
  const { paths, noise, latencySamples = 0, micNoiseDb = -90, seed = 1 } = loop;
  const program = new URL(
    `../../../firmware/build/${loop.preset ?? 'native'}/controller_run`,
    import.meta.url,
  );
  const folder = mkdtempSync(join(tmpdir(), 'anc-loop-'));
  try {
    const file = (name: string, values: ArrayLike<number>) => {
      const path = join(folder, name);
      writeFileSync(path, new Uint8Array(Float32Array.from(values).buffer));
      return path;
    };
    const late = (path: Float64Array) => {
      const samples = new Float64Array(path.length + latencySamples);
      samples.set(path, latencySamples);
      return samples;
    };
    // what the paths make of the noise, before and after the change
    const heard = (path: 'primary' | 'reference') => {
      const sound = convolve(noise, paths[path]);
      if (loop.change) {
        const { at } = loop.change;
        sound.set(convolve(noise, loop.change.paths[path]).subarray(at), at);
      }
      return Float32Array.from(sound);
    };
    const off = heard('primary');
    const settings: Record<string, string | number | undefined> = {
      secondary: file('secondary', late(paths.secondary)),
      feedback: file('feedback', late(paths.feedback)),
      model: file('model', loop.secondary),
      feedbackModel: file('feedbackModel', loop.feedback ?? []),
      ...(loop.change && {
        changeAt: loop.change.at,
        changedSecondary: file('changedSecondary', late(loop.change.paths.secondary)),
        changedFeedback: file('changedFeedback', late(loop.change.paths.feedback)),
      }),
      library: loop.library && file('library', joined(loop.library)),
      rate: paths.sampleRateHz,
      taps: loop.taps,
      stepSize: loop.stepSize,
      leakage: loop.leakage,
      outputLimit: loop.outputLimit,
      seed,
      micNoiseDb,
    };
    const prefix = join(folder, 'out');
    const sounds = [file('x', heard('reference')), file('d', off)];
    const options = Object.entries(settings).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${value}`],
    );
    const read = (name: string) => {
      const file = readFileSync(`${prefix}.${name}`);
      return new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    };
    return algorithms.map((algorithm) => {
      const printed = execFileSync(
        fileURLToPath(program),
        [algorithm, ...sounds, prefix, ...options],
        { stdio: 'pipe', encoding: 'utf8' },
      );
      const [nanosecondsPerSample, resets, bytes] = printed.split(' ').map(Number) as [
        number,
        number,
        number,
      ];
      return {
        off,
        on: read('e'),
        output: read('y'),
        weights: read('w'),
        library: algorithm === 'selective' ? parted(read('l'), loop.taps) : [],
        nanosecondsPerSample,
        resets,
        bytes,
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each filter's spectrum, then its weights. */
function joined(library: readonly StoredFilter[]): number[] {
  return library.flatMap(({ spectrumDb, weights }) => [...spectrumDb, ...weights]);
}

function parted(values: Float32Array, taps: number): StoredFilter[] {
  const size = SPECTRUM_BANDS + taps;
  return Array.from({ length: values.length / size }, (_, i) => ({
    name: `${i + 1}`,
    spectrumDb: Float64Array.from(values.subarray(i * size, i * size + SPECTRUM_BANDS)),
    weights: Float64Array.from(values.subarray(i * size + SPECTRUM_BANDS, (i + 1) * size)),
  }));
}
