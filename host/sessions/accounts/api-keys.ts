import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { AncError } from '@anc/link';
import { afterCursor, pageOf, type Page, type PageRequest } from '../storage/index.ts';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { lockName } from './locks.ts';
import { authorize, scopesOf } from './permissions.ts';
import { scopes as allScopes, type Principal, type Scope } from './principal.ts';
import { hashToken, randomToken } from './random-token.ts';
import { disabled } from './session-tokens.ts';

const form = /^anc_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const mostOfOneUser = 50;

export interface ApiKeyView {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: Scope[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const columns = [
  'id',
  'userId',
  'name',
  'prefix',
  'scopes',
  'createdAt',
  'expiresAt',
  'lastUsedAt',
  'revokedAt',
] as const;

export interface NewApiKey {
  readonly name: string;
  /** null: all that the owner's role may through a key */
  readonly scopes: readonly Scope[] | null;
  readonly expiresAt?: Date | null;
}

/**
 * @returns `key` is shown this once; only its hash is kept
 * @throws AncError as `authorize`, SCOPE_NOT_ALLOWED, EXPIRY_PAST, API_KEYS_TOO_MANY
 */
export async function createApiKey(
  { database, now }: Accounts,
  actor: Principal,
  { name, scopes, expiresAt = null }: NewApiKey,
): Promise<{ key: string; view: ApiKeyView }> {
  authorize(actor, 'api-keys:write');
  const allowed = scopesOf(actor.role);
  const beyond = (scopes ?? []).filter((scope) => !allowed.includes(scope));
  if (beyond.length > 0)
    throw new AncError('SCOPE_NOT_ALLOWED', `${actor.role} may not give ${beyond.join(', ')}`, {
      hint: `Of ${allScopes.length} scopes this role has ${allowed.join(', ')}.`,
    });
  if (expiresAt && expiresAt <= now())
    throw new AncError('EXPIRY_PAST', `the key would have expired at ${expiresAt.toISOString()}`, {
      hint: 'Take a later time, or none.',
    });
  const prefix = randomBytes(6).toString('hex');
  const secret = randomToken();
  const view = await database.as(actor, async (db) => {
    await lockName(db, `anc keys ${actor.userId}`);
    const { count } = await db
      .selectFrom('apiKeys')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('userId', '=', actor.userId)
      .where('revokedAt', 'is', null)
      .executeTakeFirstOrThrow();
    if (count >= mostOfOneUser)
      throw new AncError('API_KEYS_TOO_MANY', `there are ${count} keys already`, {
        hint: 'Revoke those that nobody uses.',
      });
    const made = await db
      .insertInto('apiKeys')
      .values({
        userId: actor.userId,
        name,
        prefix,
        keyHash: hashToken(secret),
        scopes: scopes && [...scopes],
        expiresAt,
      })
      .returning(columns)
      .executeTakeFirstOrThrow();
    await audit(db, {
      actorId: actor.userId,
      action: 'api-key.create',
      target: `api-key:${made.id}`,
      details: { scopes },
    });
    return made;
  });
  return { key: `anc_${prefix}_${secret}`, view };
}

/** Keys that the actor may see: the own ones, an admin those of all. */
export async function listApiKeys(
  { database }: Accounts,
  actor: Principal,
  { limit, cursor }: PageRequest,
): Promise<Page<ApiKeyView>> {
  authorize(actor, 'api-keys:read');
  return database.reading(actor, async (db) => {
    const rows = await db
      .selectFrom('apiKeys')
      .select(columns)
      .where(afterCursor(cursor, 'created_at'))
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }));
  });
}

/** @throws AncError API_KEY_NOT_FOUND, also when it is another user's */
export async function revokeApiKey(
  { database }: Accounts,
  actor: Principal,
  id: string,
): Promise<ApiKeyView> {
  authorize(actor, 'api-keys:write');
  return database.as(actor, async (db) => {
    const revoked = await db
      .updateTable('apiKeys')
      .set({ revokedAt: sql`coalesce(revoked_at, now())` })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst();
    if (!revoked)
      throw new AncError('API_KEY_NOT_FOUND', `there is no API key ${id}`, {
        hint: 'The list of keys has their ids.',
      });
    await audit(db, {
      actorId: actor.userId,
      subjectId: revoked.userId,
      action: 'api-key.revoke',
      target: `api-key:${id}`,
    });
    return revoked;
  });
}

/** @throws AncError API_KEY_INVALID, API_KEY_EXPIRED, API_KEY_REVOKED, ACCOUNT_DISABLED */
export async function authenticateKey(
  { database, now }: Accounts,
  key: string,
): Promise<Principal> {
  const [, prefix, secret] = form.exec(key) ?? [];
  const row = prefix && (await database.system((db) => findKey(db, prefix)));
  // Found by its prefix, compared in constant time.
  if (!row || !timingSafeEqual(Buffer.from(row.keyHash), Buffer.from(hashToken(secret!))))
    throw new AncError('API_KEY_INVALID', 'this API key is not known', {
      hint: 'A key begins with anc_ and was shown once, when it was made.',
    });
  if (row.revokedAt)
    throw new AncError('API_KEY_REVOKED', `the key anc_${prefix}_… was revoked`, {
      hint: 'Make another one.',
    });
  if (row.expiresAt && row.expiresAt <= now())
    throw new AncError(
      'API_KEY_EXPIRED',
      `the key anc_${prefix}_… expired at ${row.expiresAt.toISOString()}`,
      { hint: 'Make another one.' },
    );
  if (row.disabledAt) throw disabled();
  return {
    userId: row.userId,
    role: row.role,
    kind: 'apiKey',
    scopes: row.scopes,
    keyId: row.id,
  };
}

type Db = Parameters<Parameters<Accounts['database']['system']>[0]>[0];

async function findKey(db: Db, prefix: string) {
  const row = await db
    .selectFrom('apiKeys')
    .innerJoin('users', 'users.id', 'apiKeys.userId')
    .select([
      'apiKeys.id',
      'apiKeys.userId',
      'keyHash',
      'scopes',
      'expiresAt',
      'revokedAt',
      'lastUsedAt',
      'role',
      'disabledAt',
    ])
    .where('prefix', '=', prefix)
    .executeTakeFirst();
  // To the minute is enough, and spares a write for each request.
  if (row && (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > 60_000))
    await db
      .updateTable('apiKeys')
      .set({ lastUsedAt: sql`now()` })
      .where('id', '=', row.id)
      .execute();
  return row;
}
