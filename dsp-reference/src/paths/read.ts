import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DspError } from '../errors.ts';
import { builtinPaths } from './builtin.ts';
import { JsonView } from './json-view.ts';
import { PATHS_SAMPLE_RATE_HZ } from './paths.ts';
import type { Paths } from './paths.ts';

export type Ear = 'L' | 'R';

export interface ReadPathsOptions {
  /** of a dummy-head file; default L. A booth file holds one ear, and it is an error to ask for the other. */
  readonly ear?: Ear;
  /** secondary and feedback path for a dummy-head file; default: the file it names, in the same folder */
  readonly secondaryFile?: string;
}

/**
 * Paths from a booth file, a dummy-head file or `builtin[:normal|loose]`; `FILE#ear=R` picks the ear as the option does.
 * @throws DspError PATH_UNREADABLE (no file, no JSON), PATH_INVALID (field missing, empty, not finite, with its
 *   place), PATH_RATE (not 48 kHz)
 */
export async function readPaths(path: string, options: ReadPathsOptions = {}): Promise<Paths> {
  if (/^builtin(:|$)/.test(path)) return builtinPaths(path);
  const marked = /^(.*)#ear=([LR])$/.exec(path);
  const file = marked?.[1] ?? path;
  const ear = options.ear ?? (marked?.[2] as Ear | undefined);
  const view = await readJson(file);
  if (view.has('primary')) return boothPaths(view, ear);
  if (view.has('L') || view.has('R')) {
    const named = join(dirname(file), view.text('secondary', 'secondary.json'));
    return dummyPaths(view, await readJson(options.secondaryFile ?? named), ear ?? 'L');
  }
  throw new DspError('PATH_INVALID', `${file}: neither "primary" nor an ear "L" or "R" is there.`, {
    hint: 'A path file is a booth file (primary, secondary, feedback) or a dummy-head file (L, R with ref and err).',
  });
}

async function readJson(file: string): Promise<JsonView> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new DspError('PATH_UNREADABLE', `The path file ${file} cannot be read.`, {
      cause,
      hint: 'Give a file of measured paths, or builtin:normal or builtin:loose.',
    });
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new DspError('PATH_UNREADABLE', `${file} is not JSON: ${(cause as Error).message}`, {
      cause,
      hint: 'The file may be cut off; copy it again.',
    });
  }
  const view = new JsonView(file, value);
  const rate = view.number('sample_rate');
  if (rate !== PATHS_SAMPLE_RATE_HZ) {
    const wanted = PATHS_SAMPLE_RATE_HZ;
    throw new DspError('PATH_RATE', `${file}: sample rate ${rate} Hz, ${wanted} Hz is needed.`, {
      hint: `Resample the responses to ${wanted} Hz.`,
    });
  }
  return view;
}

/** JSON, and the NaN and Infinity that other tools write into it, kept as text so that their place can be named. */
function parse(text: string): unknown {
  return JSON.parse(text.replace(/-?\b(NaN|Infinity)\b(?=\s*[,\]}])/g, '"$&"'));
}

function boothPaths(view: JsonView, ear: Ear | undefined): Paths {
  const own = view.text('ear', '');
  if (ear && own && ear !== own) {
    throw new DspError('PATH_INVALID', `${view.where} holds ear ${own}, not ${ear}.`, {
      hint: 'Booth files hold one ear each; take the file of the other one.',
    });
  }
  const primary = view.object('primary');
  const reference = new Float64Array(primary.count('t0') + 1);
  reference[reference.length - 1] = 1;
  return {
    sampleRateHz: PATHS_SAMPLE_RATE_HZ,
    reference,
    primary: primary.response('ir'),
    secondary: causal(view.object('secondary')),
    feedback: causal(view.object('feedback')),
    label: view.text('id', view.where),
    fit: view.text('fit', 'unknown'),
  };
}

function causal(view: JsonView): Float64Array {
  const response = view.response('ir');
  const before = view.has('t0') ? view.count('t0') : 0;
  if (before >= response.length) {
    throw new DspError('PATH_INVALID', `${view.where}: t0 ${before} is past the response.`, {
      hint: `t0 is an index into the ${response.length} values of ir.`,
    });
  }
  return response.slice(before);
}

function dummyPaths(view: JsonView, secondary: JsonView, ear: Ear): Paths {
  const side = view.object(ear);
  const reference = side.response('ref');
  const gain = bandGain(reference);
  if (gain === 0) {
    throw new DspError('PATH_INVALID', `${side.where}: "ref" is silent from 50 to 1000 Hz.`, {
      hint: 'The reference microphone must hear the noise.',
    });
  }
  const other = secondary.object(ear);
  return {
    sampleRateHz: PATHS_SAMPLE_RATE_HZ,
    reference: reference.map((v) => v / gain),
    primary: side.response('err').map((v) => v / gain),
    secondary: causal(other.object('secondary')),
    feedback: causal(other.object('feedback')),
    label: `${view.text('id', view.where)}_${ear}`,
    fit: 'dummy',
  };
}

/** Root mean |H|² over 50, 60, … 1000 Hz. */
function bandGain(response: Float64Array): number {
  let total = 0;
  for (let frequencyHz = 50; frequencyHz <= 1000; frequencyHz += 10) {
    const w = (2 * Math.PI * frequencyHz) / PATHS_SAMPLE_RATE_HZ;
    let re = 0;
    let im = 0;
    response.forEach((v, n) => {
      re += v * Math.cos(w * n);
      im -= v * Math.sin(w * n);
    });
    total += re * re + im * im;
  }
  return Math.sqrt(total / 96);
}
