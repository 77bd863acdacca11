import type PgBoss from 'pg-boss';
import type { JobKind } from '../api/job-queue.ts';
import type { Logger } from '../logging/index.ts';
import type { JobMetrics, JobOutcome } from '../metrics/index.ts';
import type { AnyJobDefinition, JobSurroundings } from './job-definition.ts';
import { allowNoMoreRuns, giveBack, readState } from './job-table.ts';
import type { Order } from './job-row.ts';
import { endOfRun, runJob, type RunResult } from './run-job.ts';

export interface WorkerOptions {
  readonly boss: PgBoss;
  readonly definitions: readonly AnyJobDefinition[];
  readonly surroundings: JobSurroundings;
  readonly logger: Logger;
  readonly metrics: JobMetrics;
  /** jobs at a time */
  readonly concurrency: number;
  readonly pollMs: number;
  /** how often a run looks whether it was cancelled */
  readonly watchMs: number;
}

interface Run {
  readonly kind: JobKind;
  readonly id: string;
  readonly control: AbortController;
}

/** How long a run has, after it was told to end, before it is left behind. */
const settleMs = 500;
/** Tries to write an outcome while the database is away; after that the run is found as expired, and done again. */
const writeTries = 5;

/**
 * Takes jobs from the queue and runs them. The loop is not pg-boss’s own: that one neither waits for the writing of an
 * outcome, so that a database which goes away ends the process, nor does it tell a job to stop.
 */
export class JobWorker {
  readonly #options: WorkerOptions;
  readonly #runs = new Set<Run>();
  #slots: Promise<void>[] = [];
  #isStopping = false;
  /** where the next look into the queues begins, so that none starves */
  #next = 0;
  #wakes = new Set<() => void>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#slots = Array.from({ length: this.#options.concurrency }, () => this.#loop());
  }

  /** There may be something in a queue. */
  wake(): void {
    for (const wake of this.#wakes) wake();
  }

  cancel(id: string): void {
    for (const run of this.#runs)
      if (run.id === id) run.control.abort(endOfRun('JOB_CANCELLED', 'The job was cancelled.'));
  }

  /** What runs may end within the time; what does not is told to stop and given back to the queue. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake();
    const ended = Promise.all(this.#slots);
    await Promise.race([ended, delay(Math.max(0, withinMs - 2 * settleMs))]);
    for (const { control } of this.#runs)
      control.abort(endOfRun('SERVER_STOPPING', 'The server stops; the job goes on later.'));
    await ended;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const found = await this.#fetch();
      if (found) await this.#run(...found);
      else await this.#idle();
    }
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(end, this.#options.pollMs);
      this.#wakes.add(end);
      if (this.#isStopping) end();
    });
  }

  /** pg-boss gives no job while the database is away. */
  async #fetch(): Promise<[AnyJobDefinition, PgBoss.JobWithMetadata<Order>] | null> {
    const { boss, definitions } = this.#options;
    for (let i = 0; i < definitions.length; i++) {
      if (this.#isStopping) return null;
      const definition = definitions[(this.#next + i) % definitions.length]!;
      const [job] = await boss.fetch<Order>(definition.kind, { includeMetadata: true });
      if (!job) continue;
      this.#next = (this.#next + i + 1) % definitions.length;
      return [definition, job];
    }
    return null;
  }

  async #run(definition: AnyJobDefinition, job: PgBoss.JobWithMetadata<Order>): Promise<void> {
    const { surroundings, metrics } = this.#options;
    const { kind, expireSeconds } = definition;
    const { id, data } = job;
    const logger = this.#options.logger.child({ job: kind, jobId: id, run: job.retryCount + 1 });
    const control = new AbortController();
    const run: Run = { kind, id, control };
    const expiry = setTimeout(
      () => control.abort(endOfRun('JOB_EXPIRED', `One run may take ${expireSeconds} s.`)),
      Math.max(500, Number(job.expireInSeconds) * 1000 - settleMs),
    );
    const watch = setInterval(() => void this.#watch(run), this.#options.watchMs);
    const start = performance.now();
    this.#runs.add(run);
    try {
      logger.debug('begins');
      const result = await runJob(definition, {
        ...surroundings,
        jobId: id,
        subjectId: data.subjectId,
        actor: data.userId === null ? null : { userId: data.userId, role: data.role ?? 'viewer' },
        signal: control.signal,
        logger,
      });
      const outcome = await this.#record(run, job, result, logger);
      const seconds = (performance.now() - start) / 1000;
      metrics.ended(kind, outcome, seconds);
      if (result.outcome === 'completed') logger.info({ outcome, seconds }, 'ended');
      else logger.warn({ outcome, seconds, err: result.error }, 'ended');
    } catch (err) {
      logger.error({ err }, 'the outcome could not be written: the job will expire and run again');
    } finally {
      clearTimeout(expiry);
      clearInterval(watch);
      this.#runs.delete(run);
    }
  }

  /** Cancelled elsewhere, or expired and run again elsewhere: this run is of no use any more. */
  async #watch({ kind, id, control }: Run): Promise<void> {
    const { database } = this.#options.surroundings;
    const state = await readState(database, kind, id).catch(() => 'active' as const);
    if (state === 'active' || control.signal.aborted) return;
    control.abort(endOfRun('JOB_CANCELLED', `The job is ${state ?? 'gone'}.`));
  }

  async #record(
    { kind, id }: Run,
    job: PgBoss.JobWithMetadata<Order>,
    result: RunResult,
    logger: Logger,
  ): Promise<JobOutcome> {
    const { boss, surroundings } = this.#options;
    const write = (work: () => Promise<unknown>) => retried(work, logger);
    if (result.outcome === 'completed') {
      await write(() => boss.complete(kind, id, result.result));
      return 'completed';
    }
    const { code, message } = result.error;
    if (code === 'JOB_CANCELLED') return 'cancelled';
    if (code === 'SERVER_STOPPING') {
      await giveBack(surroundings.database, kind, id);
      return 'returned';
    }
    if (result.isFinal) await write(() => allowNoMoreRuns(surroundings.database, kind, id));
    await write(() => boss.fail(kind, id, { code, message }));
    return result.isFinal || job.retryCount >= job.retryLimit ? 'failed' : 'retrying';
  }
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function retried(work: () => Promise<unknown>, logger: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (err) {
      if (attempt === writeTries) throw err;
      logger.warn({ err, attempt }, 'the outcome could not be written; trying again');
      await delay(200 * 2 ** attempt);
    }
  }
}
