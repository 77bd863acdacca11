/** A worker thread of the live sessions: every filter’s state lives in this thread’s instance of the core. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Core, loadCore } from '@anc/wasm';
import { type SessionSettings, headerBytes } from '../../protocol/index.ts';
import { nowMs } from '../clock.ts';
import { Batch, entryBytes, padded } from './batch.ts';
import type { FromWorker, SecondReport, ToWorker } from './messages.ts';
import { WorkerSession } from './worker-session.ts';

const port = parentPort!;
const sessions = new Map<number, WorkerSession>();
const core: Core = await loadCore(workerData as WebAssembly.Module);

function processBatch(input: Batch, bytes: number, output: Batch): FromWorker {
  let seconds: SecondReport[] | null = null;
  let to = 0;
  let clockMs = nowMs();
  for (let at = 0; at < bytes;) {
    const session = sessions.get(input.words[at >> 2]!);
    const frameBytes = input.words[(at >> 2) + 1]!;
    if (session) {
      to = session.process(input, at, output, to, clockMs);
      const second = session.takeSecond();
      if (second) (seconds ??= []).push(second);
      clockMs = nowMs();
    }
    at += entryBytes + padded(Math.max(frameBytes, headerBytes));
  }
  return { kind: 'done', input: input.buffer, output: output.buffer, bytes: to, seconds };
}

function open(session: number, settings: SessionSettings): void {
  try {
    sessions.set(session, new WorkerSession(session, core, settings));
  } catch (error) {
    const { message } = error as Error;
    port.postMessage({ kind: 'failed', session, message } satisfies FromWorker);
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'chunks': {
      const { input, bytes, output } = message;
      const done = processBatch(new Batch(input), bytes, new Batch(output));
      port.postMessage(done, [input, output]);
      break;
    }
    case 'open':
      open(message.session, message.settings);
      break;
    case 'settings':
      sessions.get(message.session)?.set(message.settings);
      break;
    case 'close':
      sessions.get(message.session)?.dispose();
      sessions.delete(message.session);
      break;
  }
});
port.postMessage({ kind: 'ready' } satisfies FromWorker);
