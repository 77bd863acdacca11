import { sql, type Transaction } from 'kysely';
import { AncError } from '@anc/link';
import { afterCursor, pageOf, type Page, type PageRequest, type Schema } from '../storage/index.ts';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { adminsLock, lockName } from './locks.ts';
import { authorize } from './permissions.ts';
import type { Principal, Role } from './principal.ts';
import { revokeAllTokens } from './session-tokens.ts';
import { userColumns, type UserView } from './user-view.ts';

/** Users that the actor may see: an admin all, others themselves. */
export function listUsers(
  { database }: Accounts,
  actor: Principal,
  { limit, cursor, kind }: PageRequest & { readonly kind?: 'user' | 'guest' },
): Promise<Page<UserView>> {
  return database.reading(actor, async (db) => {
    const rows = await db
      .selectFrom('users')
      .select(userColumns)
      .where(afterCursor(cursor, 'created_at'))
      .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }));
  });
}

/** @throws AncError USER_NOT_FOUND, also when the actor may not see the user */
export function getUser({ database }: Accounts, actor: Principal, id: string): Promise<UserView> {
  return database.as(actor, async (db) => {
    const user = await db
      .selectFrom('users')
      .select(userColumns)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!user) throw notFound(id);
    return user;
  });
}

export interface UserChange {
  readonly name?: string;
  readonly role?: Role;
  readonly disabled?: boolean;
}

/**
 * A user changes the own name, an admin all of it; the database lets nobody else. Who is disabled is logged out.
 * @throws AncError as `authorize`, USER_NOT_FOUND, LAST_ADMIN, GUEST_ROLE
 */
export async function changeUser(
  accounts: Accounts,
  actor: Principal,
  id: string,
  { name, role, disabled }: UserChange,
): Promise<UserView> {
  const { database, states } = accounts;
  const isOwnName = id === actor.userId && role === undefined && disabled === undefined;
  authorize(actor, isOwnName ? 'account:write' : 'users:write');
  const user = await database.as(actor, async (db) => {
    await lockName(db, adminsLock);
    const before = await db
      .selectFrom('users')
      .select(['kind', 'role'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!before) throw notFound(id);
    if (before.kind === 'guest' && role && role !== 'viewer')
      throw new AncError('GUEST_ROLE', `a guest stays a viewer, ${role} was asked for`, {
        hint: 'Guests register to get an account.',
      });
    const after = await db
      .updateTable('users')
      .set({
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined
          ? {}
          : { disabledAt: disabled ? sql<Date>`coalesce(disabled_at, now())` : null }),
      })
      .where('id', '=', id)
      .returning(userColumns)
      .executeTakeFirst();
    if (!after) throw notFound(id);
    if (before.role === 'admin') await refuseWithoutAdmin(db);
    await audit(db, {
      actorId: actor.userId,
      subjectId: id,
      action: 'user.change',
      details: { role, disabled, name: name !== undefined },
    });
    return after;
  });
  if (disabled) await database.system((db) => revokeAllTokens(db, id));
  states.forget(id);
  return user;
}

/** @throws AncError LAST_ADMIN, before the change is committed */
export async function refuseWithoutAdmin(db: Transaction<Schema>): Promise<void> {
  const left = await db
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabledAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!left)
    throw new AncError('LAST_ADMIN', 'nobody would be an admin any more', {
      hint: 'Make somebody else an admin first.',
    });
}

export function notFound(id: string): AncError {
  return new AncError('USER_NOT_FOUND', `there is no user ${id}`, {
    hint: 'The list of users has their ids.',
  });
}
