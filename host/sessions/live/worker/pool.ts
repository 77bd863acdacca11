import { cpus } from 'node:os';
import { readFile } from 'node:fs/promises';
import { CoreError, coreFile } from '@anc/wasm';
import { type PooledSession, WorkerLink } from './link.ts';
import { workerFile } from './worker-file.ts';

export interface PoolOptions {
  /** default: one less than the cores, for the sockets’ thread, and two at least: chunks of one need not wait for the other’s */
  readonly workers?: number;
  /** A worker has gone. Its sessions already are on another one. */
  readonly onLost: (reason: string, sessions: number) => void;
}

/** A worker that has not come back after so long is taken for dead. */
const stuckMs = 5000;
const restartMs = { first: 50, most: 5000 };

/** The worker threads, and which session is on which: where the fewest are. */
export class WorkerPool {
  readonly #module: WebAssembly.Module;
  readonly #file: string;
  readonly #onLost: PoolOptions['onLost'];
  readonly #links: WorkerLink[] = [];
  readonly #watch: NodeJS.Timeout;
  #lossesInARow = 0;
  #isClosed = false;

  /** @throws CoreError CORE_MISSING when the core or the worker is not built */
  static async start(options: PoolOptions): Promise<WorkerPool> {
    const [core, file] = [coreFile(), workerFile()];
    if (core === null || file === null)
      throw new CoreError(
        'CORE_MISSING',
        'The core or host/dist/session-worker.mjs is not built.',
        {
          hint: 'Build them: npm run build.',
        },
      );
    const module = await WebAssembly.compile(await readFile(core));
    const pool = new WorkerPool(module, file, options);
    await Promise.all(pool.#links.map(({ whenReady }) => whenReady));
    if (pool.#links.every(({ isReady }) => isReady)) return pool;
    await pool.end();
    throw new CoreError('CORE_INVALID', `${file} does not start.`, {
      hint: 'Build it again: npm run build.',
    });
  }

  private constructor(module: WebAssembly.Module, file: string, options: PoolOptions) {
    const { workers = Math.max(2, cpus().length - 1), onLost } = options;
    this.#module = module;
    this.#file = file;
    this.#onLost = onLost;
    for (let i = 0; i < workers; i += 1) this.#start(0);
    this.#watch = setInterval(() => {
      for (const link of this.#links) if (link.stuckMs > stuckMs) void link.terminate();
    }, stuckMs / 5);
    this.#watch.unref();
  }

  get workers(): readonly { readonly threadId: number; readonly sessions: number }[] {
    return this.#links.map(({ threadId, sessions }) => ({ threadId, sessions: sessions.size }));
  }

  /** Of each worker since the call before, 0..1. */
  takeLoads(): number[] {
    return this.#links.map((link) => link.takeLoad());
  }

  open(session: PooledSession): void {
    this.#links.reduce((best, link) => (weight(link) < weight(best) ? link : best)).open(session);
  }

  async end(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#links.map((link) => link.terminate()));
  }

  #start(delayMs: number): void {
    const link: WorkerLink = new WorkerLink(this.#file, this.#module, delayMs, {
      ready: () => (this.#lossesInARow = 0),
      lost: (reason) => this.#lost(link, reason),
    });
    this.#links.push(link);
  }

  /** The sessions go to the other workers, or wait for the new one; what they have in their queues goes past the filters. */
  #lost(link: WorkerLink, reason: string): void {
    this.#links.splice(this.#links.indexOf(link), 1);
    if (this.#isClosed) return;
    const delayMs = Math.min(restartMs.most, restartMs.first * (2 ** this.#lossesInARow - 1));
    this.#lossesInARow += 1;
    this.#start(delayMs);
    for (const session of link.sessions) {
      bypassQueue(session);
      this.open(session);
    }
    this.#onLost(reason, link.sessions.size);
    link.sessions.clear();
  }
}

/** A link without a worker is for when there is no other. */
const weight = ({ sessions, isReady }: WorkerLink) => sessions.size + (isReady ? 0 : 1e9);

export function bypassQueue(session: PooledSession): void {
  const { queue } = session;
  for (; queue.length > 0; queue.shift()) session.bypass(queue.frame(0), queue.receivedAtMs(0));
}
