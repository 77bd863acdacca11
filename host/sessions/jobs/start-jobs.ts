import PgBoss from 'pg-boss';
import type { JobQueue } from '../api/job-queue.ts';
import type { Logger } from '../logging/index.ts';
import type { BusinessFigures, SessionMetrics } from '../metrics/index.ts';
import { businessMetrics } from './business/business-metrics.ts';
import type { AnyJobDefinition, JobSurroundings } from './job-definition.ts';

import { deadLetters, protectJobTable, readBacklog, readNewestResult } from './job-table.ts';
import { JobWorker } from './job-worker.ts';
import { jobDefinitions } from './definitions.ts';
import { PgJobQueue } from './pg-job-queue.ts';
import { Scheduler } from './scheduler.ts';

export interface JobsOptions extends JobSurroundings {
  readonly logger: Logger;
  readonly metrics: SessionMetrics;
  /** jobs at a time in this process; default 1: the audio comes first */
  readonly concurrency?: number;
  /** ended jobs and their results are kept so long; default 14 */
  readonly keepDays?: number;
  /** how often the queues are looked into for jobs of other instances; default 2000 */
  readonly pollMs?: number;
  /** how often expired runs are looked for; default 60 */
  readonly maintenanceSeconds?: number;
  /** how often a run looks whether it was cancelled elsewhere; default 2000 */
  readonly watchMs?: number;
  /** default: those of the product */
  readonly definitions?: readonly AnyJobDefinition[];
}

export interface Jobs extends JobQueue {
  /** Running jobs may end within the time; what does not is given back to the queue. Before the database is closed. */
  stop(withinMs: number): Promise<void>;
}

const daySeconds = 86_400;
/** Business figures and backlogs are read by every scrape, of every instance. */
const scrapeCacheMs = 15_000;

/** The queue, and the work on it in this process. The database has pg-boss’s schema already. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { database, recordings, retention, metrics, definitions = jobDefinitions } = options;
  const logger = options.logger.child({ part: 'jobs' });
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.executeSql(text, values) },
    // its clock jobs are not used: see the scheduler
    schedule: false,
    maintenanceIntervalSeconds: options.maintenanceSeconds ?? 60,
    archiveCompletedAfterSeconds: (options.keepDays ?? 14) * daySeconds,
    // nobody reads the archive
    deleteAfterSeconds: 1,
  });
  boss.on('error', (err) => {
    logger.error({ err }, 'the queue met an error');
    metrics.server.error((err as { code?: string }).code ?? 'JOB_QUEUE_FAILED');
  });
  await boss.start();
  await boss.createQueue(deadLetters);
  // one order of the same waits at a time
  for (const { kind } of definitions) await boss.createQueue(kind, { name: kind, policy: 'short' });
  await protectJobTable(database);

  const kinds = definitions.map(({ kind }) => kind);
  metrics.jobs.known(kinds);
  metrics.jobs.watch(cached(() => readBacklog(database, kinds)));
  metrics.business.watch(
    cached(async () => {
      const result = await database.system((db) => readNewestResult(db, businessMetrics.kind));
      return result as BusinessFigures | null;
    }),
  );

  const worker = new JobWorker({
    boss,
    definitions,
    surroundings: { database, recordings, retention },
    logger,
    metrics: metrics.jobs,
    concurrency: options.concurrency ?? 1,
    pollMs: options.pollMs ?? 2000,
    watchMs: options.watchMs ?? 2000,
  });
  const scheduler = new Scheduler(boss, definitions, logger);
  const queue = new PgJobQueue({
    boss,
    database,
    definitions,
    fault: () => (isStopped ? 'the jobs are stopped' : scheduler.fault),
    onQueued: () => worker.wake(),
    onCancelled: (id) => worker.cancel(id),
  });
  let isStopped = false;
  worker.start();
  await scheduler.start();
  return Object.assign(queue, {
    async stop(withinMs: number) {
      isStopped = true;
      scheduler.stop();
      await worker.stop(withinMs);
      await boss.stop({ graceful: false });
    },
  });
}

function cached<T>(read: () => Promise<T>): () => Promise<T> {
  let [last, readAt]: [Promise<T> | null, number] = [null, 0];
  return () => {
    if (!last || performance.now() - readAt > scrapeCacheMs) {
      [last, readAt] = [read(), performance.now()];
      last.catch(() => (last = null));
    }
    return last;
  };
}
