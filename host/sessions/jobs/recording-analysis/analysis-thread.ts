/** Entry of the thread of `analyseInThread`: one recording, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { DspError, readWav } from '@anc/dsp-reference';
import { loadCore } from '@anc/wasm';
import { analyseRecording } from './analyse.ts';
import type { ThreadAnswer } from './analyse-in-thread.ts';

async function answer(path: string): Promise<ThreadAnswer> {
  try {
    const wav = await readWav(path);
    return { analysis: { ...analyseRecording(await loadCore(), wav), format: wav.format } };
  } catch (error) {
    if (!(error instanceof DspError)) throw error;
    // the path of the file is nobody's business
    return { code: error.code, message: error.message.replaceAll(path, 'the recording') };
  }
}

parentPort!.postMessage(await answer(workerData as string));
