import { sql, type Kysely } from 'kysely';
import PgBoss from 'pg-boss';

/**
 * The schema of pg-boss, made by `anc_system` so that it owns it and can add queues to it later. pg-boss would do the
 * same at its first start, for which the server's roles lack the right to create schemas.
 */
export async function ensureJobQueue(owner: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select 1 from pg_namespace where nspname = 'pgboss'`.execute(owner);
  if (rows.length > 0) return;
  await owner.connection().execute(async (connection) => {
    const database = sql.raw(await quotedDatabase(connection));
    await sql`grant create on database ${database} to anc_system`.execute(connection);
    try {
      await sql`set role anc_system`.execute(connection);
      await sql.raw(PgBoss.getConstructionPlans()).execute(connection);
    } finally {
      await sql`reset role`.execute(connection);
      await sql`revoke create on database ${database} from anc_system`.execute(connection);
    }
  });
}

async function quotedDatabase(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`select quote_ident(current_database()) as name`.execute(db);
  return rows[0]!.name;
}
