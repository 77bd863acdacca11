import type { EventLoopUtilization } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { SessionSettings } from '../../protocol/index.ts';
import type { ChunkQueue } from '../chunk-queue.ts';
import { nowMs } from '../clock.ts';
import { Batch, entryBytes, padded, slotHeaderBytes, spaceFor } from './batch.ts';
import { type FromWorker, type SecondReport, type ToWorker, pieceUnit } from './messages.ts';

/** What the pool sees of a session. */
export interface PooledSession {
  readonly number: number;
  readonly settings: SessionSettings;
  readonly queue: ChunkQueue;
  link: WorkerLink | null;
  /** the link knows that chunks wait */
  isWaiting: boolean;
  /**
   * One chunk is done, or refused.
   * @param at where its entry begins
   * @returns true while the batch is still being written to the network
   */
  answer(batch: Batch, at: number): boolean;
  second(report: SecondReport): void;
  /** Nobody worked on this chunk, and nobody will. */
  bypass(frame: Uint8Array, receivedAtMs: number): void;
  /** There is no filter for the session. */
  failed(message: string): void;
}

/** Chunks that a worker has, so that they are not lost with it. */
class Flight {
  readonly sessions: PooledSession[] = [];
  readonly frames: Uint8Array[] = [];
  readonly receivedAtMs: number[] = [];
  readonly sinceMs = nowMs();
}

/** One that the worker is at, and one that is filled or written to the network meanwhile. */
const pieceCount = 2;
/**
 * Chunks that come within it go together: waking a thread costs as much as filtering a chunk. With a few sessions chunks
 * come farther apart and none waits.
 */
const gatherMs = 1;

export interface LinkHandlers {
  ready(): void;
  lost(reason: string): void;
}

/** The sockets’ side of one worker: hands chunks over in batches, and answers on. */
export class WorkerLink {
  readonly whenReady: Promise<void>;
  readonly sessions = new Set<PooledSession>();
  readonly #byNumber = new Map<number, PooledSession>();
  readonly #handlers: LinkHandlers;
  readonly #pieces: Batch[] = [];
  readonly #free: number[] = [];
  /** by piece */
  readonly #flights = new Map<number, Flight>();
  #worker: Worker | null = null;
  #startTimer: NodeJS.Timeout | null = null;
  #utilization: EventLoopUtilization | undefined;
  #isReady = false;
  #isLost = false;
  #isFlushing = false;
  #flushedAtMs = 0;
  #waiting: PooledSession[] = [];
  #resolveReady: () => void = () => {};

  constructor(file: string, module: WebAssembly.Module, delayMs: number, handlers: LinkHandlers) {
    this.#handlers = handlers;
    this.whenReady = new Promise((resolve) => (this.#resolveReady = resolve));
    if (delayMs === 0) this.#start(file, module);
    else this.#startTimer = setTimeout(() => this.#start(file, module), delayMs);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get threadId(): number {
    return this.#worker?.threadId ?? -1;
  }

  /** how long the worker has been at what it has, ms */
  get stuckMs(): number {
    const [oldest] = this.#flights.values();
    return oldest ? nowMs() - oldest.sinceMs : 0;
  }

  /** Share of the time since the call before in which the worker computed, 0..1. */
  takeLoad(): number {
    const meter = this.#worker?.performance;
    if (!this.#isReady || !meter) return 0;
    const now = meter.eventLoopUtilization();
    const { utilization } = this.#utilization
      ? meter.eventLoopUtilization(now, this.#utilization)
      : now;
    this.#utilization = now;
    return utilization;
  }

  open(session: PooledSession): void {
    session.link = this;
    session.isWaiting = false;
    this.sessions.add(session);
    this.#byNumber.set(session.number, session);
    if (this.#isReady) this.#post({ kind: 'open', ...idOf(session) });
  }

  settings(session: PooledSession): void {
    if (this.#isReady) this.#post({ kind: 'settings', ...idOf(session) });
  }

  close(session: PooledSession): void {
    session.link = null;
    session.isWaiting = false;
    this.sessions.delete(session);
    this.#byNumber.delete(session.number);
    const at = this.#waiting.indexOf(session);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#isReady) this.#post({ kind: 'close', session: session.number });
  }

  /** A chunk waits in the session’s queue. @returns false when there is no worker for it now */
  wake(session: PooledSession): boolean {
    if (!this.#isReady) return false;
    if (!session.isWaiting) {
      session.isWaiting = true;
      this.#waiting.push(session);
    }
    if (!this.#isFlushing && this.#free.length > 0) {
      this.#isFlushing = true;
      if (nowMs() - this.#flushedAtMs < gatherMs) setTimeout(this.#flush, gatherMs);
      else setImmediate(this.#flush);
    }
    return true;
  }

  async terminate(): Promise<void> {
    if (this.#startTimer) clearTimeout(this.#startTimer);
    await this.#worker?.terminate();
  }

  #start(file: string, module: WebAssembly.Module): void {
    const worker = new Worker(file, { workerData: module, name: 'anc-session' });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#message(message));
    worker.on('error', (error) => this.#lost(error.message));
    worker.on('exit', (code) => this.#lost(`exit ${code}`));
  }

  #lost(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#isReady = false;
    for (const { sessions, frames, receivedAtMs } of this.#flights.values())
      sessions.forEach((session, i) => session.bypass(frames[i]!, receivedAtMs[i]!));
    this.#flights.clear();
    this.#handlers.lost(reason);
    this.#resolveReady();
  }

  #post(message: ToWorker): void {
    this.#worker!.postMessage(message);
  }

  readonly #flush = (): void => {
    this.#isFlushing = false;
    if (!this.#isReady || this.#waiting.length === 0 || this.#free.length === 0) return;
    this.#flushedAtMs = nowMs();
    const index = this.#free.pop()!;
    const batch = this.#pieces[index]!;
    const flight = new Flight();
    const waiting = this.#waiting;
    this.#waiting = [];
    let at = 0;
    for (const session of waiting) {
      const { queue } = session;
      for (; queue.length > 0; queue.shift()) {
        const space = spaceFor(queue.frame(0).length, queue.fills(0));
        if (at + space > batch.bytes.length) break;
        write(batch, at, space, session, flight);
        at += space;
      }
      session.isWaiting = queue.length > 0;
      if (session.isWaiting) this.#waiting.push(session);
    }
    this.#flights.set(index, flight);
    this.#post(index * pieceUnit + at);
  };

  #message(message: FromWorker): void {
    if (this.#isLost) return;
    if (typeof message === 'number') {
      this.#answer(Math.floor(message / pieceUnit), message % pieceUnit);
      // What has come meanwhile has waited long enough.
      this.#flush();
      return;
    }
    switch (message.kind) {
      case 'second':
        this.#byNumber.get(message.report.session)?.second(message.report);
        break;
      case 'failed':
        this.#byNumber.get(message.session)?.failed(message.message);
        break;
      case 'ready':
        this.#isReady = true;
        for (let index = 0; index < pieceCount; index += 1) this.#renew(index);
        for (const session of this.sessions) this.#post({ kind: 'open', ...idOf(session) });
        this.#resolveReady();
        this.#handlers.ready();
        break;
    }
  }

  #answer(index: number, bytes: number): void {
    this.#flights.delete(index);
    const batch = this.#pieces[index]!;
    let isBusy = false;
    for (let at = 0; at < bytes; at += batch.words[(at >> 2) + 1]!) {
      const session = this.#byNumber.get(batch.words[at >> 2]!);
      if (session?.answer(batch, at)) isBusy = true;
    }
    if (isBusy) this.#renew(index);
    else this.#free.push(index);
  }

  /** Other memory for a piece; the old one is left to the network. */
  #renew(index: number): void {
    const batch = new Batch();
    this.#pieces[index] = batch;
    this.#free.push(index);
    this.#post({ kind: 'piece', index, memory: batch.memory });
  }
}

/** The oldest chunk of the session’s queue. */
function write(
  batch: Batch,
  at: number,
  space: number,
  session: PooledSession,
  flight: Flight,
): void {
  const { queue } = session;
  const frame = queue.frame(0);
  const fills = queue.fills(0);
  const slot = slotHeaderBytes + padded(frame.length);
  const word = at >> 2;
  batch.words[word] = session.number;
  batch.words[word + 1] = space;
  batch.words[word + 2] = fills;
  batch.words[word + 3] = slot;
  batch.float64[(at + 16) >> 3] = queue.receivedAtMs(0);
  batch.bytes.set(frame, at + entryBytes + fills * slot + slotHeaderBytes);
  flight.sessions.push(session);
  flight.frames.push(frame);
  flight.receivedAtMs.push(queue.receivedAtMs(0));
}

const idOf = ({ number, settings }: PooledSession) => ({ session: number, settings });
