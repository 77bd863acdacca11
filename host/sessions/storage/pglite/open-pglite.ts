import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { PGlite } from '@electric-sql/pglite';
import { AncError } from '@anc/link';
import type { Database } from '../database.ts';
import { mapped } from '../errors.ts';
import { poolOfOne, type OneConnection } from '../pool-of-one.ts';
import { prepareTables } from '../prepare-tables.ts';
import { createTransactions, kyselyOf } from '../transactions.ts';
import { lockFolder } from './folder-lock.ts';

/** PostgreSQL inside this process, in `FOLDER/database`. One transaction at a time. */
export async function openPGlite(folder: string): Promise<Database> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    return await open(folder, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(folder: string, unlock: () => void): Promise<Database> {
  const pglite = await PGlite.create(join(folder, 'database')).catch((cause: unknown) => {
    throw new AncError('DATABASE_DAMAGED', `the database in ${folder} does not open: ${cause}`, {
      cause,
      hint: 'Look at the free space and the permissions; else restore the folder from a backup.',
    });
  });
  const pool = poolOfOne(connectionOf(pglite));
  const db = kyselyOf(pool);
  let closing: Promise<void> | null = null;
  // Not destroyed: that would end the pool, which the database goes on using.
  await prepareTables(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }));
  return {
    kind: 'pglite',
    ...createTransactions(db),
    executeSql: (text, values = []) =>
      mapped(() =>
        pool.alone(async (connection) => {
          await connection.query('set role anc_system', []);
          try {
            return await connection.query(text, values);
          } finally {
            // What failed in the middle of its own BEGIN would leave the connection in it.
            await connection.query('rollback; reset role', []);
          }
        }),
      ),
    connections: () => ({
      idle: pool.users === 0 ? 1 : 0,
      busy: Math.min(1, pool.users),
      waiting: Math.max(0, pool.users - 1),
    }),
    ping: () =>
      mapped(() => pool.alone(async (connection) => void (await connection.query('select 1', [])))),
    close: () => (closing ??= pool.end().finally(unlock)),
  };
}

function connectionOf(pglite: PGlite): OneConnection {
  return {
    async query(text, values) {
      const result =
        values.length > 0
          ? await pglite.query(text, [...values])
          : (await pglite.exec(text)).at(-1);
      return { rows: result?.rows ?? [], rowCount: result?.affectedRows ?? 0 };
    },
    end: () => pglite.close(),
  };
}
