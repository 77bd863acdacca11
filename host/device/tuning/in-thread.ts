import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AncError } from '@anc/link';
import type { Check } from './check.ts';
import type { LevelsQuestion } from './levels.ts';
import type { Reach, ReachQuestion } from './reach.ts';
import type { Recording } from './recording.ts';

export type ThreadQuestion =
  | { readonly task: 'check'; readonly question: Recording }
  | { readonly task: 'reach'; readonly question: ReachQuestion }
  | { readonly task: 'levels'; readonly question: LevelsQuestion };

export type ThreadAnswer =
  | { readonly result: unknown }
  | { readonly code: string; readonly message: string; readonly hint: string | undefined };

interface Results {
  readonly check: Check;
  readonly reach: Reach;
  readonly levels: number[][];
}

/**
 * What takes more than some hundredths of a second is done in a thread of its own: a host that says nothing for 0.75 s is
 * gone for the link. Errors: those of the task, the signal's reason.
 */
export async function inThread<T extends ThreadQuestion['task']>(
  task: T,
  question: Extract<ThreadQuestion, { task: T }>['question'],
  signal: AbortSignal,
): Promise<Results[T]> {
  signal.throwIfAborted();
  const worker = new Worker(threadFile(), { workerData: { task, question } });
  let end = () => {};
  try {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      end = () => reject(signal.reason as Error);
      signal.addEventListener('abort', end, { once: true });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new AncError('ANALYSIS_ENDED', 'the thread ended early')));
    });
    if ('result' in answer) return answer.result as Results[T];
    const { code, message, hint } = answer;
    throw new AncError(code, message, hint === undefined ? {} : { hint });
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

/** The bundled thread, found upwards of this file or of the bundle it went into. */
function threadFile(): string {
  const inTree = join('host', 'dist', 'tuning-thread.mjs');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree))) return join(folder, inTree);
    if (folder === dirname(folder))
      throw new AncError('ANALYSIS_MISSING', `${inTree} is not built`, {
        hint: 'Build it: npm run build.',
      });
  }
}
