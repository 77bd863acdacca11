import type { Role } from '../accounts/principal.ts';
import type { Job, JobKind, JobState } from '../api/job-queue.ts';

/** Of pg-boss. */
export type RowState = 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed';

export const stateOf: Readonly<Record<RowState, JobState>> = {
  created: 'queued',
  retry: 'retrying',
  active: 'running',
  completed: 'done',
  cancelled: 'cancelled',
  failed: 'failed',
};

/** What is queued: who ordered it, and the job's own id, which its dead letter still knows. */
export interface Order {
  readonly jobId: string;
  readonly userId: string | null;
  readonly role: Role | null;
  readonly subjectId: string | null;
}

/** Columns of `pgboss.job` as they are read. */
export interface JobRow {
  readonly id: string;
  readonly name: JobKind;
  readonly state: RowState;
  readonly data: Order;
  readonly retryCount: number;
  readonly retryLimit: number;
  readonly createdOn: Date;
  readonly startedOn: Date | null;
  readonly completedOn: Date | null;
  /** result of a completed job, when it was asked for; error of the others */
  readonly output: Record<string, unknown> | null;
}

const ended: readonly RowState[] = ['completed', 'cancelled', 'failed'];

export function jobOf(row: JobRow): Job {
  const { state, output } = row;
  const isDone = state === 'completed';
  return {
    id: row.id,
    kind: row.name,
    state: stateOf[state],
    userId: row.data.userId,
    subjectId: row.data.subjectId,
    tries: row.startedOn === null ? 0 : row.retryCount + 1,
    maxTries: row.retryLimit + 1,
    createdAt: row.createdOn,
    startedAt: row.startedOn,
    endedAt: ended.includes(state) ? row.completedOn : null,
    error: isDone || output === null ? null : errorOf(output),
    result: isDone ? output : null,
  };
}

/** pg-boss writes its own text when a run took too long. */
function errorOf({ code, message }: Record<string, unknown>): NonNullable<Job['error']> {
  if (typeof code === 'string') return { code, message: String(message) };
  return {
    code: 'JOB_EXPIRED',
    message: 'The job did not end in its time, or its server did not survive it.',
  };
}
