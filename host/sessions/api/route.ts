import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Permission } from '../accounts/permissions.ts';
import type { Principal } from '../accounts/principal.ts';
import type { ProblemCode } from './problem-table.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `public`: anyone. `signedIn`: any principal. Else what its role, and its key's scopes, must allow. */
export type Access = 'public' | 'signedIn' | Permission;

/** One request that has passed every check. */
export interface Call<P = unknown, Q = unknown, B = unknown, A extends Access = Access> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: A extends 'public' ? null : Principal;
  /** of the client, after trusted proxies */
  readonly address: string;
  readonly log: Logger;
  readonly request: Request;
  /** for headers and cookies; the body is what the handler returns */
  readonly response: Response;
}

export interface Reply<T = unknown> {
  readonly status?: number;
  readonly body?: T;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole truth about a route: the router, the checks and the document come from it. */
export interface Route<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  A extends Access = Access,
> {
  readonly method: Method;
  /** below /api/v1, parameters as `{name}` */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  /** which limiter counts it; default `standard` */
  readonly limit?: RateClass;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyLimitBytes?: number;
  /** content type of a body that the handler reads from the request itself */
  readonly consumes?: string;
  readonly status: number;
  readonly reply?: R;
  /** other statuses that carry the same; 304 carries nothing */
  readonly alsoReplies?: readonly number[];
  /** content type of a reply that is not JSON: the handler writes it to the response itself */
  readonly produces?: string;
  /** codes beyond those that every route of its kind may answer with */
  readonly problems?: readonly ProblemCode[];
  readonly handle: (
    call: Call<z.output<P>, z.output<Q>, z.output<B>, A>,
  ) => Promise<Reply<z.input<R>> | void>;
}

export type RateClass = 'standard' | 'auth' | 'ingest' | 'none';

/** Infers the types of what the handler gets and gives from the schemas beside it. */
export function route<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  R extends z.ZodType,
  const A extends Access,
>(definition: Route<P, Q, B, R, A>): AnyRoute {
  return definition as unknown as AnyRoute;
}

// The schemas of a list of routes differ; each handler was checked against its own where it was declared.
export type AnyRoute = Omit<Route, 'handle'> & {
  readonly handle: (call: Call<any, any, any, any>) => Promise<Reply | void>; // eslint-disable-line @typescript-eslint/no-explicit-any
};
