import type { Principal } from '../accounts/principal.ts';
import type { Page, PageRequest } from './paging.ts';

/** Work that users order; retention and the business figures run by the clock, and are listed for administrators. */
export const orderedKinds = ['session-report', 'recording-analysis'] as const;
export const jobKinds = [...orderedKinds, 'retention', 'business-metrics'] as const;
export type JobKind = (typeof jobKinds)[number];

/** `failed`: all tries are used, the job is a dead letter until somebody retries it. */
export const jobStates = ['queued', 'running', 'retrying', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** who ordered it; null: the clock */
  readonly userId: string | null;
  /** session or recording; null for the clock's */
  readonly subjectId: string | null;
  readonly tries: number;
  readonly maxTries: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** of the last try that failed */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** what it made; null before, and in lists */
  readonly result: Readonly<Record<string, unknown>> | null;
}

export interface JobOrder {
  readonly kind: (typeof orderedKinds)[number];
  /** the caller has made sure that the actor may see it */
  readonly subjectId: string;
}

export interface JobFilter extends PageRequest {
  readonly kind?: JobKind | undefined;
  readonly state?: JobState | undefined;
  readonly subjectId?: string | undefined;
}

/** Own jobs, and for engineers and administrators those of all: others do not exist. */
export interface JobQueue {
  /** An order that waits already for the same subject is not queued twice: that one is given. */
  order(actor: Principal, order: JobOrder): Promise<Job>;
  list(actor: Principal, filter: JobFilter): Promise<Page<Job>>;
  get(actor: Principal, id: string): Promise<Job | null>;
  /** Of a failed one; null: there is none. @throws AncError JOB_NOT_FAILED */
  retry(actor: Principal, id: string): Promise<Job | null>;
  /** Of one that waits or runs; its run is told. null: there is none. @throws AncError JOB_ENDED */
  cancel(actor: Principal, id: string): Promise<Job | null>;
  /** The result as one self-contained page of HTML. null: there is none. @throws AncError JOB_HAS_NO_PAGE */
  page(actor: Principal, id: string): Promise<string | null>;
  /** null: jobs are taken; else why not */
  fault(): string | null;
}
