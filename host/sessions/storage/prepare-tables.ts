import { sql, type Kysely } from 'kysely';
import { ensureJobQueue } from './job-queue.ts';
import { migrate } from './migrations/index.ts';
import { ensureRoles } from './roles.ts';

/** Roles, tables, policies and the jobs' schema, as the owner; what is there already stays. */
export async function prepareTables(owner: Kysely<unknown>): Promise<void> {
  await ensureRoles(owner);
  await migrate(owner);
  await sql`grant select on kysely_migration to anc_system`.execute(owner);
  await ensureJobQueue(owner);
}
