import type { Transaction } from 'kysely';
import type { Principal } from '../accounts/principal.ts';
import type { Schema } from './schema/index.ts';

/** One piece of work in one transaction: all of it happens, or nothing. */
export type Work<T> = (db: Transaction<Schema>) => Promise<T>;

/** Of whom rows and rights are. */
export type Actor = Pick<Principal, 'userId' | 'role'>;

/**
 * PostgreSQL, or PGlite in a folder: the same migrations, roles and policies. No work here runs as the owner of the
 * tables, so row-level security holds for all of it.
 *
 * @throws AncError DATABASE_UNAVAILABLE while the server cannot be reached, DATABASE_TIMEOUT
 */
export interface Database {
  readonly kind: 'pglite' | 'postgresql';
  /** Role `anc_app` with the actor's id and role set: sees and changes only what the policies give the actor. */
  as<T>(actor: Actor, work: Work<T>): Promise<T>;
  /** The same, read only, on the replica when there is one; a replica may be some seconds behind. */
  reading<T>(actor: Actor, work: Work<T>): Promise<T>;
  /** Role `anc_system`: log-in, live sessions, jobs. Sees the rows of all users; the caller checks who asks. */
  system<T>(work: Work<T>): Promise<T>;
  /** For pg-boss, whose schema `pgboss` belongs to `anc_system`. Several statements are allowed without `values`. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /** Of the primary: what its connections do, and who waits for one. */
  connections(): { readonly idle: number; readonly busy: number; readonly waiting: number };
  ping(): Promise<void>;
  close(): Promise<void>;
}
