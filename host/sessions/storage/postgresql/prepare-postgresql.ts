import { Kysely, PostgresDialect } from 'kysely';
import { prepareTables } from '../prepare-tables.ts';
import { createPool } from './connections.ts';
import { ensureLoginRole } from './login-role.ts';

/** Of all instances of this program, one prepares a database; the others wait, and then find it done. */
const prepareLock = 0x616e63;

/** As the owner: roles, tables, policies, and the role that `url` logs in as. */
export async function preparePostgresql(adminUrl: string, url: string): Promise<void> {
  const pool = createPool(adminUrl, { poolSize: 2, statementTimeoutMs: 300_000 });
  const owner = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const lock = await pool.connect();
    try {
      await lock.query('select pg_advisory_lock($1)', [prepareLock]);
      await prepareTables(owner);
      await ensureLoginRole(owner, url);
    } finally {
      // Ends the connection, and with it the lock, even in the middle of an error.
      lock.release(true);
    }
  } finally {
    await owner.destroy();
  }
}
