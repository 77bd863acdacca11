import { Worker } from 'node:worker_threads';
import type { SessionSettings } from '../../protocol/index.ts';
import type { ChunkQueue } from '../chunk-queue.ts';
import { nowMs } from '../clock.ts';
import { Batch, BufferPool, answerBytes, entryBytes, padded } from './batch.ts';
import type { FromWorker, SecondReport, ToWorker } from './messages.ts';

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
   * @param at where its entry begins in the batch
   * @returns true while the buffer is still being written to the network
   */
  answer(batch: Batch, at: number): boolean;
  second(report: SecondReport): void;
  /** Nobody worked on this chunk, and nobody will. */
  bypass(frame: Uint8Array, receivedAtMs: number): void;
  /** There is no filter for the session. */
  failed(message: string): void;
}

/** Chunks that a worker has. */
class Flight {
  readonly sessions: PooledSession[] = [];
  readonly frames: Uint8Array[] = [];
  readonly receivedAtMs: number[] = [];
  readonly sinceMs = nowMs();
}

/** One that the worker is at, and the next, so that it never waits for this thread. */
const mostFlights = 2;

export interface LinkHandlers {
  ready(): void;
  lost(reason: string): void;
}

/**
 * The sockets’ side of one worker. Chunks of a turn of the event loop, and those that come while the worker has enough to
 * do, go to it in one message, whose buffers are moved, not copied, and come back with the answers.
 */
export class WorkerLink {
  readonly whenReady: Promise<void>;
  readonly sessions = new Set<PooledSession>();
  readonly #byNumber = new Map<number, PooledSession>();
  readonly #handlers: LinkHandlers;
  readonly #buffers = new BufferPool();
  readonly #flights: Flight[] = [];
  #worker: Worker | null = null;
  #startTimer: NodeJS.Timeout | null = null;
  #isReady = false;
  #isLost = false;
  #isFlushing = false;
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
    return this.#flights.length > 0 ? nowMs() - this.#flights[0]!.sinceMs : 0;
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
    if (!this.#isFlushing && this.#flights.length < mostFlights) {
      this.#isFlushing = true;
      setImmediate(this.#flush);
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
    const flights = this.#flights.splice(0);
    for (const { sessions, frames, receivedAtMs } of flights)
      sessions.forEach((session, i) => session.bypass(frames[i]!, receivedAtMs[i]!));
    this.#handlers.lost(reason);
    this.#resolveReady();
  }

  #post(message: ToWorker): void {
    this.#worker!.postMessage(message);
  }

  readonly #flush = (): void => {
    this.#isFlushing = false;
    if (!this.#isReady || this.#waiting.length === 0 || this.#flights.length >= mostFlights) return;
    let [inputBytes, outputBytes] = [0, 0];
    for (const { queue } of this.#waiting) {
      for (let i = 0; i < queue.length; i += 1) {
        const { length } = queue.frame(i);
        inputBytes += entryBytes + padded(length);
        outputBytes += answerBytes(length, queue.fills(i));
      }
    }
    const input = new Batch(this.#buffers.take(inputBytes));
    const output = this.#buffers.take(outputBytes);
    const flight = new Flight();
    let at = 0;
    for (const session of this.#waiting) {
      const { queue } = session;
      session.isWaiting = false;
      for (; queue.length > 0; queue.shift()) at = write(input, at, session, flight);
    }
    this.#waiting = [];
    this.#flights.push(flight);
    this.#worker!.postMessage(
      { kind: 'chunks', input: input.buffer, bytes: at, output } satisfies ToWorker,
      [input.buffer, output],
    );
  };

  #message(message: FromWorker): void {
    if (this.#isLost) return;
    switch (message.kind) {
      case 'done':
        this.#flights.shift();
        this.#answer(message);
        this.#flush();
        break;
      case 'ready':
        this.#isReady = true;
        for (const session of this.sessions) this.#post({ kind: 'open', ...idOf(session) });
        this.#resolveReady();
        this.#handlers.ready();
        break;
      case 'failed':
        this.#byNumber.get(message.session)?.failed(message.message);
        break;
    }
  }

  #answer({ input, output, bytes, seconds }: Extract<FromWorker, { kind: 'done' }>): void {
    const batch = new Batch(output);
    let isBusy = false;
    for (let at = 0; at < bytes; at += batch.words[(at >> 2) + 3]!) {
      const session = this.#byNumber.get(batch.words[at >> 2]!);
      if (session?.answer(batch, at)) isBusy = true;
    }
    if (!isBusy) this.#buffers.giveBack(output);
    this.#buffers.giveBack(input);
    if (seconds) for (const second of seconds) this.#byNumber.get(second.session)?.second(second);
  }
}

/** The oldest chunk of the session’s queue. @returns where the next entry goes */
function write(input: Batch, at: number, session: PooledSession, flight: Flight): number {
  const { queue } = session;
  const frame = queue.frame(0);
  const word = at >> 2;
  input.words[word] = session.number;
  input.words[word + 1] = frame.length;
  input.words[word + 2] = queue.fills(0);
  input.float64[(at + 16) >> 3] = queue.receivedAtMs(0);
  input.bytes.set(frame, at + entryBytes);
  flight.sessions.push(session);
  flight.frames.push(frame);
  flight.receivedAtMs.push(queue.receivedAtMs(0));
  return at + entryBytes + padded(frame.length);
}

const idOf = ({ number, settings }: PooledSession) => ({ session: number, settings });
