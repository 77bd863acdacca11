import { AncError } from '@anc/link';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { checkPassword } from './password-rules.ts';
import type { Principal } from './principal.ts';
import { revokeAllTokens } from './session-tokens.ts';

/**
 * Ends every log-in of the user; the caller logs in again with the new password.
 * @throws AncError PASSWORD_WEAK, CREDENTIALS_WRONG when the old one is wrong
 */
export async function changePassword(
  { database, passwords, states }: Accounts,
  actor: Principal,
  { oldPassword, newPassword }: { oldPassword: string; newPassword: string },
): Promise<void> {
  const { userId } = actor;
  const found = await database.system((db) =>
    db
      .selectFrom('users')
      .select(['email', 'passwordHash'])
      .where('id', '=', userId)
      .executeTakeFirst(),
  );
  const isRight = await passwords.verify(found?.passwordHash ?? null, oldPassword.slice(0, 1000));
  const wrong = () =>
    new AncError('CREDENTIALS_WRONG', 'the old password is wrong', {
      hint: 'Nothing was changed.',
    });
  if (!found?.passwordHash || !isRight) throw wrong();
  checkPassword(newPassword, found.email ?? '');
  const passwordHash = await passwords.hash(newPassword);
  await database.system(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('users')
      .set({ passwordHash })
      .where('id', '=', userId)
      .where('passwordHash', '=', found.passwordHash)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw wrong();
    await revokeAllTokens(db, userId);
    await audit(db, { actorId: userId, action: 'user.password' });
  });
  states.forget(userId);
}
