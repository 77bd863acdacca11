import { AncError } from '@anc/link';
import type { Principal } from '../accounts/principal.ts';
import type { JobKind } from '../api/job-queue.ts';
import type { Logger } from '../logging/index.ts';
import type { RecordingsStore } from '../recordings/recordings-store.ts';
import type { Database } from '../storage/index.ts';
import type { RetentionDays } from './retention/retention-days.ts';

/** For whom a job runs: it sees what the one who ordered it sees, and no more. */
export type JobActor = Pick<Principal, 'userId' | 'role'>;

/** What the parts of the server give to all jobs. */
export interface JobSurroundings {
  readonly database: Database;
  readonly recordings: RecordingsStore;
  readonly retention: RetentionDays;
}

/** One run of a job. */
export interface JobContext extends JobSurroundings {
  readonly jobId: string;
  /** null: ordered by the clock */
  readonly actor: JobActor | null;
  /** session or recording; null for the clock's */
  readonly subjectId: string | null;
  /** aborted when the job was cancelled, takes too long, or the server stops */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * What a job of one kind is. A run may end anywhere, by SIGKILL too, and begin again: `run` has to come to the same end
 * then.
 */
export interface JobDefinition<Result extends object = object> {
  readonly kind: JobKind;
  /** the clock orders one itself, once in each such span since 1970, on one instance only */
  readonly everySeconds?: number;
  /** one run may take so long; a run that the process did not survive is found after it */
  readonly expireSeconds: number;
  /** runs after the first */
  readonly retryLimit: number;
  /** before the second run; doubled, with jitter, before each one after it */
  readonly retryDelaySeconds: number;
  run(context: JobContext): Promise<Result>;
  /** the result as one self-contained page */
  page?(result: Result): string;
}

/** For tables of definitions whose results differ. */
export type AnyJobDefinition = JobDefinition<any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A failure that another run would repeat: the job fails for good at once. */
export class FinalJobError extends AncError {}

/** Of jobs that somebody ordered, about something. @throws FinalJobError of an order without them */
export function orderOf({ actor, subjectId }: JobContext): { actor: JobActor; subjectId: string } {
  if (actor !== null && subjectId !== null) return { actor, subjectId };
  throw new FinalJobError('JOB_ORDER_INVALID', 'The order names no subject.', {
    hint: 'Order it again.',
  });
}
