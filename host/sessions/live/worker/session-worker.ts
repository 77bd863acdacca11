/** A worker thread of the live sessions: every filter’s state lives in this thread’s instance of the core. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadCore } from '@anc/wasm';
import type { SessionSettings } from '../../protocol/index.ts';
import { nowMs } from '../clock.ts';
import { Batch } from './batch.ts';
import { type FromWorker, type ToWorker, pieceUnit } from './messages.ts';
import { createSpectra } from './spectra.ts';
import { WorkerSession } from './worker-session.ts';

const port = parentPort!;
const sessions = new Map<number, WorkerSession>();
const pieces: Batch[] = [];
const core = await loadCore(workerData as WebAssembly.Module);

const spectra = createSpectra(core);

const tell = (message: FromWorker) => port.postMessage(message);

function processBatch(batch: Batch, bytes: number): void {
  const { words } = batch;
  let clockMs = nowMs();
  for (let at = 0; at < bytes; at += words[(at >> 2) + 1]!) {
    const session = sessions.get(words[at >> 2]!);
    if (!session) continue;
    clockMs = session.process(batch, at, clockMs);
    const report = session.takeSecond();
    if (!report) continue;
    tell({ kind: 'second', report });
    clockMs = nowMs();
  }
}

function open(session: number, settings: SessionSettings): void {
  try {
    sessions.set(session, new WorkerSession(session, core, spectra, settings));
  } catch (error) {
    tell({ kind: 'failed', session, message: (error as Error).message });
  }
}

port.on('message', (message: ToWorker) => {
  if (typeof message === 'number') {
    processBatch(pieces[Math.floor(message / pieceUnit)]!, message % pieceUnit);
    tell(message);
    return;
  }
  switch (message.kind) {
    case 'piece':
      pieces[message.index] = new Batch(message.memory);
      break;
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
tell({ kind: 'ready' });
