import { AncError } from '@anc/link';
import type { Accounts } from './context.ts';
import type { LoggedIn } from './login.ts';
import { issueTokens } from './session-tokens.ts';
import { userColumns } from './user-view.ts';

/**
 * A user without address and password, for as long as the refresh token lives. @throws AncError GUESTS_CLOSED
 */
export async function createGuest(accounts: Accounts): Promise<LoggedIn> {
  if (!accounts.rules.guests)
    throw new AncError('GUESTS_CLOSED', 'this server has no guests', {
      hint: 'Register, or log in.',
    });
  return accounts.database.system(async (db) => {
    const { tokenVersion, ...user } = await db
      .insertInto('users')
      .values({ kind: 'guest', email: null, passwordHash: null })
      .returning([...userColumns, 'tokenVersion'])
      .executeTakeFirstOrThrow();
    return { user, tokens: await issueTokens(accounts, db, { id: user.id, tokenVersion }) };
  });
}

/** For the clean-up: guests without a refresh token that still lives, and without recordings to be removed first. */
export function removeStaleGuests({ database, now }: Accounts): Promise<number> {
  return database.system(async (db) => {
    const { numDeletedRows } = await db
      .deleteFrom('users')
      .where('kind', '=', 'guest')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('refreshTokens')
              .select('refreshTokens.id')
              .whereRef('refreshTokens.userId', '=', 'users.id')
              .where('revokedAt', 'is', null)
              .where('expiresAt', '>', now()),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('recordings')
              .select('recordings.id')
              .whereRef('recordings.userId', '=', 'users.id'),
          ),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}
