import type { Database } from '../database.ts';
import { mapped } from '../errors.ts';
import type { DatabaseOptions } from '../open-database.ts';
import { createTransactions, kyselyOf } from '../transactions.ts';
import { checkLogin } from './check-login.ts';
import { createPool } from './connections.ts';
import { preparePostgresql } from './prepare-postgresql.ts';

/** pg-boss polls and never waits long for its own statements. */
const jobConnections = 3;

export async function openPostgresql(
  options: DatabaseOptions & { readonly url: string },
): Promise<Database> {
  const { url, readUrl, adminUrl } = options;
  if (adminUrl) await mapped(() => preparePostgresql(adminUrl, url));
  const pool = createPool(url, options);
  const jobs = createPool(url, { ...options, poolSize: jobConnections, role: 'anc_system' });
  const replica = readUrl ? createPool(readUrl, options) : null;
  const pools = [pool, jobs, ...(replica ? [replica] : [])];
  const endAll = async () => void (await Promise.all(pools.map((one) => one.end())));
  try {
    await mapped(() => checkLogin(pool));
  } catch (error) {
    await endAll();
    throw error;
  }
  let closing: Promise<void> | null = null;
  return {
    kind: 'postgresql',
    ...createTransactions(kyselyOf(pool), replica ? kyselyOf(replica) : undefined),
    executeSql: (text, values) =>
      mapped(async () => {
        const client = await jobs.connect();
        // What failed in the middle of its own BEGIN would leave the connection in it.
        let isBroken = true;
        const result = await client
          .query(text, values)
          .then((done) => ((isBroken = false), done))
          .finally(() => client.release(isBroken));
        // Several statements give several results.
        const { rows } = Array.isArray(result) ? (result.at(-1) as typeof result) : result;
        return { rows };
      }),
    connections: () => {
      const count = (of: 'idleCount' | 'totalCount' | 'waitingCount') => pool[of] + jobs[of];
      const idle = count('idleCount');
      return { idle, busy: count('totalCount') - idle, waiting: count('waitingCount') };
    },
    ping: () => mapped(async () => void (await pool.query('select 1'))),
    close: () => (closing ??= endAll()),
  };
}
