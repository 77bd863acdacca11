import { sql } from 'kysely';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { adminsLock, lockName } from './locks.ts';
import { authorize } from './permissions.ts';
import type { Principal } from './principal.ts';
import { revokeAllTokens } from './session-tokens.ts';
import { notFound, refuseWithoutAdmin } from './users.ts';

/**
 * Removes a user with all rows and files: oneself, or as an admin another. What remains is that somebody was erased, in
 * the audit, without who. May be called again after a failure in the middle.
 *
 * @param removeFile of a recording; no error when it is gone already
 * @throws AncError as `authorize`, USER_NOT_FOUND, LAST_ADMIN, and what `removeFile` throws: then the rows are still there
 */
export async function eraseUser(
  { database, states }: Accounts,
  actor: Principal,
  userId: string,
  removeFile: (fileKey: string) => Promise<void>,
): Promise<void> {
  authorize(actor, actor.userId === userId ? 'account:write' : 'users:write');
  // First the door is shut, so that nothing is added meanwhile.
  await database.system(async (db) => {
    await lockName(db, adminsLock);
    const { numUpdatedRows } = await db
      .updateTable('users')
      .set({ disabledAt: sql`coalesce(disabled_at, now())` })
      .where('id', '=', userId)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw notFound(userId);
    const user = await db
      .selectFrom('users')
      .select('role')
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    if (user.role === 'admin') await refuseWithoutAdmin(db);
    await revokeAllTokens(db, userId);
  });
  states.forget(userId);
  // Then files before rows: a row without a file can be found and erased again, a file without a row cannot.
  for (let isGone = false; !isGone;) {
    const keys = await database.system((db) =>
      db.selectFrom('recordings').select('fileKey').where('userId', '=', userId).execute(),
    );
    for (const { fileKey } of keys) await removeFile(fileKey);
    isGone = await database.system(async (db) => {
      await db.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
      const removed = keys.map(({ fileKey }) => fileKey);
      const later = await db
        .selectFrom('recordings')
        .select('fileKey')
        .where('userId', '=', userId)
        .$if(removed.length > 0, (query) => query.where('fileKey', 'not in', removed))
        .limit(1)
        .executeTakeFirst();
      if (later) return false;
      await audit(db, {
        actorId: actor.userId === userId ? null : actor.userId,
        action: 'user.erase',
        details: { files: removed.length },
      });
      await db.deleteFrom('users').where('id', '=', userId).execute();
      return true;
    });
  }
}
