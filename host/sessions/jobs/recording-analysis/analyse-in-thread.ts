import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WavFormat } from '@anc/dsp-reference';
import { AncError } from '@anc/link';
import { FinalJobError } from '../job-definition.ts';
import type { RecordingAnalysis } from './analyse.ts';

export type ThreadAnswer =
  | { readonly analysis: RecordingAnalysis & { readonly format: WavFormat } }
  | { readonly code: string; readonly message: string };

/**
 * In a thread of its own, because the transforms of a long recording would hold up the audio of all sessions.
 * @throws FinalJobError WAV_…; the signal's reason
 */
export async function analyseInThread(path: string, signal: AbortSignal) {
  const worker = new Worker(threadFile(), { workerData: path });
  const end = () => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new AncError('ANALYSIS_ENDED', 'The thread ended early.')));
    });
    if ('analysis' in answer) return answer.analysis;
    throw new FinalJobError(answer.code, answer.message);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

/** The bundled thread, found upwards of this file or of the bundle it went into. */
function threadFile(): string {
  const inTree = join('host', 'dist', 'analysis-thread.mjs');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree))) return join(folder, inTree);
    if (folder === dirname(folder))
      throw new FinalJobError('ANALYSIS_MISSING', `${inTree} is not built.`, {
        hint: 'Build it: npm run build.',
      });
  }
}
