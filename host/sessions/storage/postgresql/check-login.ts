import type pg from 'pg';
import { AncError } from '@anc/link';
import { migrationNames } from '../migrations/index.ts';

/**
 * Row-level security does not bind superusers, owners may switch it off: the server does not work as one.
 * @throws AncError DATABASE_ROLE_TOO_STRONG, DATABASE_NOT_MIGRATED
 */
export async function checkLogin(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; strong: boolean; member: boolean }>(`
    select rolname as name,
      rolsuper or rolbypassrls or rolcreaterole or exists (
        select from pg_class where relnamespace = 'public'::regnamespace
          and relkind in ('r', 'p') and pg_has_role(current_user, relowner, 'member')
      ) as strong,
      exists (select from pg_roles where rolname = 'anc_app')
        and exists (select from pg_roles where rolname = 'anc_system') as member
    from pg_roles where rolname = current_user`);
  const { name, strong, member } = rows[0]!;
  if (strong)
    throw new AncError(
      'DATABASE_ROLE_TOO_STRONG',
      `'${name}' of DATABASE_URL is a superuser, makes roles, or owns tables`,
      {
        hint: 'Give the owner as DATABASE_ADMIN_URL, and in DATABASE_URL another name: it will be made.',
      },
    );
  const missing = member ? await missingMigrations(pool) : migrationNames;
  if (missing.length > 0)
    throw new AncError(
      'DATABASE_NOT_MIGRATED',
      `the database lacks ${missing.length} migrations, the first is ${missing[0]}`,
      { hint: 'Start once with DATABASE_ADMIN_URL, the URL of the tables’ owner.' },
    );
}

async function missingMigrations(pool: pg.Pool): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('role', 'anc_system', true)`);
    const { rows } = await client.query<{ name: string }>('select name from kysely_migration');
    const done = new Set(rows.map(({ name }) => name));
    return migrationNames.filter((name) => !done.has(name));
  } catch (error) {
    // No such table, no right to it or to the role: nobody prepared this database.
    if (['42P01', '42501', '22023'].includes((error as { code?: string }).code ?? ''))
      return migrationNames;
    throw error;
  } finally {
    await client.query('rollback').catch(() => {});
    client.release();
  }
}
