import { Migrator, type Kysely, type Migration } from 'kysely';
import { AncError } from '@anc/link';
import * as users from './0001-users.ts';
import * as credentials from './0002-credentials.ts';
import * as sessions from './0003-sessions.ts';
import * as devices from './0004-devices.ts';
import * as recordings from './0005-recordings.ts';
import * as audit from './0006-audit.ts';

/** In the order of their names. One that was released is never changed: a new one follows it. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001-users': users,
  '0002-credentials': credentials,
  '0003-sessions': sessions,
  '0004-devices': devices,
  '0005-recordings': recordings,
  '0006-audit': audit,
};

export const migrationNames: readonly string[] = Object.keys(migrations);

/** Runs what is missing, in one transaction, as the owner of the tables. */
export async function migrate(owner: Kysely<unknown>): Promise<void> {
  const migrator = new Migrator({
    db: owner,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  const reason = error instanceof Error ? error.message : String(error);
  throw new AncError(
    'DATABASE_MIGRATION_FAILED',
    failed ? `migration ${failed}: ${reason}` : reason,
    {
      cause: error,
      hint: 'Nothing was changed. A database of a newer version of this program needs that version.',
    },
  );
}
