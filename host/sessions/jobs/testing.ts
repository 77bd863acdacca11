/** What the tests of jobs have in common: users, a job of their own making, a queue that looks often. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Principal, Role } from '../accounts/principal.ts';
import type { Job, JobKind, JobState } from '../api/job-queue.ts';
import { silentLogger } from '../logging/index.ts';
import { SessionMetrics } from '../metrics/index.ts';
import { RecordingFiles } from '../recordings/recording-files.ts';
import { RecordingsStore } from '../recordings/recordings-store.ts';
import type { Database } from '../storage/index.ts';
import {
  retentionOf,
  type JobDefinition,
  type Jobs,
  type JobsOptions,
  startJobs,
} from './index.ts';

export interface TestJobs {
  readonly jobs: Jobs;
  readonly metrics: SessionMetrics;
  readonly recordings: RecordingsStore;
  stop(withinMs?: number): Promise<void>;
}

export async function startTestJobs(
  database: Database,
  more: Partial<JobsOptions> = {},
): Promise<TestJobs> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-jobs-'));
  const files = await RecordingFiles.open({ folder, maxBytes: 1e8, minFreeBytes: 0 });
  const recordings = new RecordingsStore(database, files, 1e9);
  const metrics = new SessionMetrics();
  const jobs = await startJobs({
    database,
    recordings,
    metrics,
    retention: retentionOf(90),
    logger: silentLogger,
    pollMs: 50,
    watchMs: 50,
    ...more,
  });
  return {
    jobs,
    metrics,
    recordings,
    async stop(withinMs = 5000) {
      await jobs.stop(withinMs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A definition of a kind that exists, with another content. */
export function definition(
  kind: JobKind,
  run: JobDefinition['run'],
  more: Partial<JobDefinition> = {},
): JobDefinition {
  return { kind, expireSeconds: 30, retryLimit: 0, retryDelaySeconds: 0, run, ...more };
}

export async function addUser(database: Database, role: Role = 'viewer'): Promise<Principal> {
  const row = await database.system((db) =>
    db
      .insertInto('users')
      .values({ email: `${randomUUID()}@example.org`, role, passwordHash: '$argon2id$test' })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return { userId: row.id, role, kind: 'user', scopes: null, keyId: null };
}

/** Until the job is in one of the states. */
export async function until(
  jobs: Jobs,
  actor: Principal,
  id: string,
  ...states: JobState[]
): Promise<Job> {
  const start = Date.now();
  for (;;) {
    const job = await jobs.get(actor, id);
    if (job && states.includes(job.state)) return job;
    if (Date.now() - start > 25_000)
      throw new Error(`${id} is ${job?.state}, not ${states.join(' or ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
