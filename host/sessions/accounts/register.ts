import { AncError } from '@anc/link';
import { isDuplicate } from '../storage/index.ts';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { normalizeEmail } from './email.ts';
import { adminsLock, lockName } from './locks.ts';
import { checkPassword } from './password-rules.ts';
import { authorize } from './permissions.ts';
import type { Principal, Role } from './principal.ts';
import { userColumns, type UserView } from './user-view.ts';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/**
 * Anyone makes an account of their own. While there is no admin, it becomes one (`FIRST_USER_IS_ADMIN`).
 * @throws AncError REGISTRATION_CLOSED, EMAIL_INVALID, EMAIL_TAKEN, PASSWORD_WEAK
 */
export function register(accounts: Accounts, user: NewUser): Promise<UserView> {
  return create(accounts, user, null);
}

/** An admin makes one for somebody. @throws AncError as `authorize` and `register` */
export async function createUser(
  accounts: Accounts,
  actor: Principal,
  user: NewUser & { readonly role: Role },
): Promise<UserView> {
  authorize(actor, 'users:write');
  return create(accounts, user, { id: actor.userId, role: user.role });
}

async function create(
  accounts: Accounts,
  { email: given, password, name = '' }: NewUser,
  by: { readonly id: string; readonly role: Role } | null,
): Promise<UserView> {
  const { database, passwords, rules } = accounts;
  const email = normalizeEmail(given);
  checkPassword(password, email);
  const passwordHash = await passwords.hash(password);
  try {
    return await database.system(async (db) => {
      await lockName(db, adminsLock);
      const admin = await db
        .selectFrom('users')
        .select('id')
        .where('role', '=', 'admin')
        .limit(1)
        .executeTakeFirst();
      const isFirst = !admin && rules.firstUserIsAdmin;
      if (!by && !rules.registration && !isFirst)
        throw new AncError('REGISTRATION_CLOSED', 'accounts are made by admins only', {
          hint: 'Ask an admin for an account.',
        });
      const role = by?.role ?? (isFirst ? 'admin' : 'viewer');
      const user = await db
        .insertInto('users')
        .values({ email, name, role, passwordHash })
        .returning(userColumns)
        .executeTakeFirstOrThrow();
      await audit(db, {
        actorId: by?.id ?? user.id,
        subjectId: user.id,
        action: 'user.create',
        details: { role },
      });
      return user;
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new AncError('EMAIL_TAKEN', 'there is an account with this address', {
      cause: error,
      hint: 'Log in instead.',
    });
  }
}
