import { sql } from 'kysely';
import { AncError } from '@anc/link';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { disabled, issueTokens, type SessionTokens } from './session-tokens.ts';
import { userColumns, type UserView } from './user-view.ts';

export interface LoggedIn {
  readonly user: UserView;
  readonly tokens: SessionTokens;
}

/**
 * The same work and the same answer whether the address or the password is wrong.
 * @throws AncError CREDENTIALS_WRONG, ACCOUNT_DISABLED, TOO_MANY_LOGINS
 */
export async function login(
  accounts: Accounts,
  { email, password }: { email: string; password: string },
): Promise<LoggedIn> {
  const { database, passwords } = accounts;
  // Not `normalizeEmail`: what is no address is nobody’s, and takes as long. U+0000 fits in no text of the database.
  const wanted = email.trim().normalize('NFKC').toLowerCase().replaceAll('\0', ' ').slice(0, 300);
  const found = await database.system((db) =>
    db
      .selectFrom('users')
      .select(['id', 'passwordHash', 'disabledAt'])
      .where('email', '=', wanted)
      .executeTakeFirst(),
  );
  const isRight = await passwords.verify(found?.passwordHash ?? null, password.slice(0, 1000));
  if (!found || !isRight)
    throw new AncError('CREDENTIALS_WRONG', 'the address or the password is wrong', {
      hint: 'Look at the keyboard’s case and language.',
    });
  if (found.disabledAt) throw disabled();
  const { passwordHash } = found;
  const renewed =
    passwordHash && passwords.isOutdated(passwordHash) ? await passwords.hash(password) : null;
  return database.system(async (db) => {
    const row = await db
      .updateTable('users')
      .set({ lastLoginAt: sql`now()`, ...(renewed ? { passwordHash: renewed } : {}) })
      .where('id', '=', found.id)
      // Neither disabled nor given another password while this one was being checked.
      .where('disabledAt', 'is', null)
      .where('passwordHash', '=', passwordHash)
      .returning([...userColumns, 'tokenVersion'])
      .executeTakeFirst();
    if (!row)
      throw new AncError('CREDENTIALS_WRONG', 'the account changed during the log-in', {
        hint: 'Try again.',
      });
    const { tokenVersion, ...user } = row;
    const tokens = await issueTokens(accounts, db, { id: user.id, tokenVersion });
    await audit(db, { actorId: user.id, action: 'user.login' });
    return { user, tokens };
  });
}
