import type { Transaction } from 'kysely';
import type { Schema } from '../storage/index.ts';
import type { Accounts } from './context.ts';
import { authorize } from './permissions.ts';
import type { Principal } from './principal.ts';
import { notFound } from './users.ts';
import { userColumns } from './user-view.ts';

/** Everything that is kept of a user, as rows of the tables; files are beside it, under their keys. */
export interface UserExport {
  readonly exportedAt: string;
  readonly tables: Readonly<Record<string, readonly object[]>>;
  readonly files: readonly { recordingId: string; name: string; fileKey: string; bytes: number }[];
}

/** Tables whose rows have an owner and no secret columns. */
const plain = [
  'sessions',
  'sessionProgress',
  'devices',
  'deviceTelemetry',
  'recordings',
  'noiseEvents',
] as const;

/** The own data, or as an admin those of another. @throws AncError as `authorize`, USER_NOT_FOUND */
export async function exportUser(
  { database, now }: Accounts,
  actor: Principal,
  userId = actor.userId,
): Promise<UserExport> {
  authorize(actor, actor.userId === userId ? 'account:read' : 'users:read');
  return database.as(actor, async (db) => {
    const user = await db
      .selectFrom('users')
      .select(userColumns)
      .where('id', '=', userId)
      .execute();
    if (user.length === 0) throw notFound(userId);
    const tables: Record<string, readonly object[]> = { users: user };
    for (const table of plain) tables[table] = await ownRows(db, table, userId);
    tables['refreshTokens'] = await db
      .selectFrom('refreshTokens')
      .select(['id', 'family', 'createdAt', 'expiresAt', 'usedAt', 'revokedAt'])
      .where('userId', '=', userId)
      .execute();
    tables['apiKeys'] = await db
      .selectFrom('apiKeys')
      .select([
        'id',
        'name',
        'prefix',
        'scopes',
        'createdAt',
        'expiresAt',
        'lastUsedAt',
        'revokedAt',
      ])
      .where('userId', '=', userId)
      .execute();
    tables['auditEvents'] = await db
      .selectFrom('auditEvents')
      .selectAll()
      .where('actorId', '=', userId)
      .execute();
    const files = await db
      .selectFrom('recordings')
      .select(['id as recordingId', 'name', 'fileKey', 'bytes'])
      .where('userId', '=', userId)
      .execute();
    return { exportedAt: now().toISOString(), tables, files };
  });
}

function ownRows(db: Transaction<Schema>, table: (typeof plain)[number], userId: string) {
  return db.selectFrom(table).selectAll().where('userId', '=', userId).execute() as Promise<
    object[]
  >;
}
