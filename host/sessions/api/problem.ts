import { AncError } from '@anc/link';
import type { Response } from 'express';
import { type ProblemCode, problemKind, problemTable } from './problem-table.ts';

/** RFC 9457, and `code` and `hint` as everywhere in the project. */
export interface Problem {
  /** of the code; a page that says more */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** path of the request */
  readonly instance: string;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string;
  /** fields that were refused */
  readonly errors?: readonly FieldError[];
}

export interface FieldError {
  /** `settings.taps`; empty for the whole */
  readonly path: string;
  readonly message: string;
}

export interface RefusalExtras {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** What the API itself refuses; parts below throw an AncError with a code of the table. */
export class Refusal extends AncError {
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, extras: RefusalExtras = {}) {
    const { hint = problemTable[code].hint ?? undefined, cause } = extras;
    super(code, detail, { ...(hint === undefined ? {} : { hint }), cause });
    this.errors = extras.errors;
    this.headers = extras.headers ?? {};
  }
}

/**
 * Any error as its problem. Of a fault of ours nothing goes out that was not written for clients: messages of parts below
 * may hold addresses and paths, and are in the log.
 */
export function problemOf(error: unknown, instance: string, requestId: string): Problem {
  const known = error instanceof AncError ? problemKind(error.code) : undefined;
  const code = known ? (error as AncError).code : 'INTERNAL';
  const { title, status, hint } = known ?? problemTable.INTERNAL;
  const isForClients = error instanceof Refusal || (error instanceof AncError && status < 500);
  const errors = error instanceof Refusal ? error.errors : undefined;
  return {
    type: `/api/docs/problems#${code}`,
    title,
    status,
    detail: isForClients ? error.message : title,
    instance,
    code,
    hint: isForClients ? (error.hint ?? hint) : hint,
    requestId,
    ...(errors ? { errors } : {}),
  };
}

export function sendProblem(response: Response, problem: Problem): void {
  response.status(problem.status).type('application/problem+json');
  response.send(JSON.stringify(problem));
}
