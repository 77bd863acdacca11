import { randomUUID } from 'node:crypto';
import type PgBoss from 'pg-boss';
import { AncError } from '@anc/link';
import type { Job, JobFilter, JobOrder, JobQueue } from '../api/job-queue.ts';
import type { Page } from '../api/paging.ts';
import type { Database } from '../storage/index.ts';
import type { AnyJobDefinition, JobActor } from './job-definition.ts';
import { jobOf, type JobRow, type Order } from './job-row.ts';
import { deadLetters, forgetDeadLetter, readJob, readJobs, readWaiting } from './job-table.ts';

export interface QueueParts {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly definitions: readonly AnyJobDefinition[];
  readonly fault: () => string | null;
  /** there is something new */
  readonly onQueued: () => void;
  readonly onCancelled: (id: string) => void;
}

/** The rows are read as the actor, under row-level security; only what the actor sees is changed. */
export class PgJobQueue implements JobQueue {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  async order(actor: JobActor, { kind, subjectId }: JobOrder): Promise<Job> {
    const { boss, database, onQueued } = this.#parts;
    const { userId, role } = actor;
    const key = `${userId}:${subjectId}`;
    // between the two, the one that waits may have begun: then there is room for another
    for (let attempt = 0; attempt < 5; attempt++) {
      const id = await send(boss, this.#definition(kind), { userId, role, subjectId }, key);
      const row = await database.as(actor, (db) =>
        id === null ? readWaiting(db, kind, key) : readJob(db, id),
      );
      onQueued();
      if (row) return jobOf(row);
    }
    throw new AncError('JOB_NOT_QUEUED', `${kind} of ${subjectId} could not be queued.`, {
      hint: 'Try again in a moment.',
    });
  }

  list(actor: JobActor, filter: JobFilter): Promise<Page<Job>> {
    return this.#parts.database.as(actor, (db) => readJobs(db, filter));
  }

  async get(actor: JobActor, id: string): Promise<Job | null> {
    const row = await this.#row(actor, id);
    return row && jobOf(row);
  }

  async page(actor: JobActor, id: string): Promise<string | null> {
    const row = await this.#row(actor, id);
    if (!row) return null;
    const { page } = this.#definition(row.name);
    if (page && row.state === 'completed') return page(row.output ?? {});
    const why = page ? `is ${jobOf(row).state}` : `of the kind ${row.name} has no page`;
    throw new AncError('JOB_HAS_NO_PAGE', `The job ${id} ${why}.`, {
      hint: 'Reports of sessions and analyses of recordings have one when they are done.',
    });
  }

  async retry(actor: JobActor, id: string): Promise<Job | null> {
    const row = await this.#row(actor, id);
    if (!row) return null;
    const { boss, database, onQueued } = this.#parts;
    if (row.state !== 'failed')
      throw new AncError('JOB_NOT_FAILED', `The job ${id} is ${jobOf(row).state}.`, {
        hint: 'Only a job that failed is tried again; order a new one.',
      });
    await boss.retry(row.name, id);
    await forgetDeadLetter(database, id);
    onQueued();
    return this.get(actor, id);
  }

  async cancel(actor: JobActor, id: string): Promise<Job | null> {
    const row = await this.#row(actor, id);
    if (!row) return null;
    if (['completed', 'failed', 'cancelled'].includes(row.state))
      throw new AncError('JOB_ENDED', `The job ${id} is ${jobOf(row).state}.`, {
        hint: 'Only a job that waits or runs can be cancelled.',
      });
    await this.#parts.boss.cancel(row.name, id);
    this.#parts.onCancelled(id);
    return this.get(actor, id);
  }

  fault(): string | null {
    return this.#parts.fault();
  }

  #row(actor: JobActor, id: string): Promise<JobRow | null> {
    return this.#parts.database.as(actor, (db) => readJob(db, id));
  }

  #definition(kind: string): AnyJobDefinition {
    const definition = this.#parts.definitions.find((one) => one.kind === kind);
    if (definition) return definition;
    throw new AncError('JOB_UNKNOWN', `There is no job of the kind '${kind}'.`);
  }
}

/** @returns null when one with the same key waits already, or `slotSeconds` has had its one */
export function send(
  boss: PgBoss,
  definition: AnyJobDefinition,
  order: Omit<Order, 'jobId'>,
  key: string,
  slotSeconds?: number,
): Promise<string | null> {
  const jobId = randomUUID();
  return boss.send(
    definition.kind,
    { jobId, ...order },
    {
      id: jobId,
      retryLimit: definition.retryLimit,
      retryDelay: definition.retryDelaySeconds,
      retryBackoff: definition.retryDelaySeconds > 0,
      expireInSeconds: definition.expireSeconds,
      deadLetter: deadLetters,
      singletonKey: key,
      ...(slotSeconds === undefined ? {} : { singletonSeconds: slotSeconds }),
    },
  );
}
