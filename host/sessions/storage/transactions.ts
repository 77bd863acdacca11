import { CamelCasePlugin, Kysely, PostgresDialect, sql, type PostgresPool } from 'kysely';
import type { Actor, Database, Work } from './database.ts';
import { mapped } from './errors.ts';
import type { Schema } from './schema/index.ts';

export function kyselyOf(pool: PostgresPool): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    // Keys inside jsonb values are the wire's, in camelCase already.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

/** Work under its role. `set_config(…, true)` ends with the transaction: nothing stays on the connection. */
export function createTransactions(
  primary: Kysely<Schema>,
  replica: Kysely<Schema> = primary,
): Pick<Database, 'as' | 'reading' | 'system'> {
  return {
    as: (actor, work) => asApp(primary, 'read write', actor, work),
    reading: async (actor, work) => {
      try {
        return await asApp(replica, 'read only', actor, work);
      } catch (error) {
        // Reading changes nothing, so it may be done again where the rows come from.
        if (replica === primary || (error as { code?: string }).code !== 'DATABASE_UNAVAILABLE')
          throw error;
        return asApp(primary, 'read only', actor, work);
      }
    },
    system: (work) =>
      mapped(() =>
        primary.transaction().execute(async (transaction) => {
          await sql`select set_config('role', 'anc_system', true)`.execute(transaction);
          return work(transaction);
        }),
      ),
  };
}

function asApp<T>(
  db: Kysely<Schema>,
  access: 'read only' | 'read write',
  actor: Actor,
  work: Work<T>,
): Promise<T> {
  return mapped(() =>
    db
      .transaction()
      .setAccessMode(access)
      .execute(async (transaction) => {
        await sql`select set_config('role', 'anc_app', true),
          set_config('app.current_user_id', ${actor.userId}, true),
          set_config('app.current_role', ${actor.role}, true)`.execute(transaction);
        return work(transaction);
      }),
  );
}
