import { sql, type Transaction } from 'kysely';
import type { Schema } from '../storage/index.ts';

/** One transaction at a time has this name, on all instances; until its end. */
export async function lockName(db: Transaction<Schema>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
}

/** For all that changes who is an admin. */
export const adminsLock = 'anc admins';
