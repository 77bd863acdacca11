import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { AncError } from '@anc/link';
import type { Schema } from '../storage/index.ts';
import { audit } from './audit.ts';
import type { Accounts } from './context.ts';
import { lockName } from './locks.ts';
import { hashToken, randomToken } from './random-token.ts';

export const refreshTokenDays = 30;

/** What a log-in gives. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** for one exchange */
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

interface Owner {
  readonly id: string;
  readonly tokenVersion: number;
}

/** @param family of the refresh token that this one follows; absent: a new log-in */
export async function issueTokens(
  { tokens, now }: Accounts,
  db: Transaction<Schema>,
  owner: Owner,
  family: string = randomUUID(),
): Promise<SessionTokens> {
  const refreshToken = randomToken();
  const refreshTokenExpiresAt = new Date(now().getTime() + refreshTokenDays * 86_400_000);
  await db
    .insertInto('refreshTokens')
    .values({
      userId: owner.id,
      family,
      tokenHash: hashToken(refreshToken),
      expiresAt: refreshTokenExpiresAt,
    })
    .execute();
  const { token, expiresAt } = await tokens.sign({
    userId: owner.id,
    version: owner.tokenVersion,
  });
  return {
    accessToken: token,
    accessTokenExpiresAt: expiresAt,
    refreshToken,
    refreshTokenExpiresAt,
  };
}

/**
 * Exchanges a refresh token for the next pair. A token that comes a second time was stolen, or its thief came first: the
 * whole family ends, with what the other one got.
 * @throws AncError REFRESH_INVALID, REFRESH_EXPIRED, REFRESH_REUSED, ACCOUNT_DISABLED
 */
export async function refresh(accounts: Accounts, refreshToken: string): Promise<SessionTokens> {
  const { database, now } = accounts;
  // The transaction must not fail when the family is revoked, so the refusal is thrown after it.
  const outcome = await database.system<SessionTokens | AncError>(async (db) => {
    const row = await lockedToken(db, refreshToken);
    if (!row)
      return new AncError('REFRESH_INVALID', 'this refresh token is not known', {
        hint: 'Log in again.',
      });
    if (row.usedAt || row.revokedAt) {
      await revokeFamily(db, row.family);
      await audit(db, {
        actorId: null,
        subjectId: row.userId,
        action: 'token.reuse',
        target: `family:${row.family}`,
      });
      return new AncError('REFRESH_REUSED', 'this refresh token was used before, or revoked', {
        hint: 'Log in again; all that came from the same log-in has ended.',
      });
    }
    if (row.expiresAt <= now())
      return new AncError(
        'REFRESH_EXPIRED',
        `this refresh token expired at ${row.expiresAt.toISOString()}`,
        {
          hint: 'Log in again.',
        },
      );
    if (row.disabledAt) return disabled();
    await db
      .updateTable('refreshTokens')
      .set({ usedAt: sql`now()` })
      .where('id', '=', row.id)
      .execute();
    const owner = { id: row.userId, tokenVersion: row.tokenVersion };
    return issueTokens(accounts, db, owner, row.family);
  });
  if (outcome instanceof AncError) throw outcome;
  return outcome;
}

/** Ends the log-in that the token came from; a token that is not known is no error. Access tokens end by themselves. */
export async function logout({ database }: Accounts, refreshToken: string): Promise<void> {
  await database.system(async (db) => {
    const row = await lockedToken(db, refreshToken);
    if (!row) return;
    await revokeFamily(db, row.family);
    await audit(db, { actorId: row.userId, action: 'user.logout' });
  });
}

/** Ends every log-in of a user, with the access tokens: within seconds on other instances. */
export async function revokeAllTokens(db: Transaction<Schema>, userId: string): Promise<void> {
  await db
    .updateTable('users')
    .set((eb) => ({ tokenVersion: eb('tokenVersion', '+', 1) }))
    .where('id', '=', userId)
    .execute();
  await db
    .updateTable('refreshTokens')
    .set({ revokedAt: sql`now()` })
    .where('userId', '=', userId)
    .where('revokedAt', 'is', null)
    .execute();
}

/**
 * The token's row, with its family locked: of several that bring tokens of one family, one is decided after the other,
 * and no new token of it can appear while it is revoked.
 */
async function lockedToken(db: Transaction<Schema>, refreshToken: string) {
  const tokenHash = hashToken(refreshToken);
  const found = await db
    .selectFrom('refreshTokens')
    .select('family')
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
  if (!found) return undefined;
  await lockName(db, `anc family ${found.family}`);
  return db
    .selectFrom('refreshTokens')
    .innerJoin('users', 'users.id', 'refreshTokens.userId')
    .select([
      'refreshTokens.id',
      'refreshTokens.userId',
      'family',
      'expiresAt',
      'usedAt',
      'revokedAt',
      'disabledAt',
      'tokenVersion',
    ])
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
}

/** For the clean-up. Used tokens stay until they would have expired, so that their reuse is seen. */
export async function removeExpiredTokens({ database, now }: Accounts): Promise<number> {
  const { numDeletedRows } = await database.system((db) =>
    db.deleteFrom('refreshTokens').where('expiresAt', '<', now()).executeTakeFirst(),
  );
  return Number(numDeletedRows);
}

async function revokeFamily(db: Transaction<Schema>, family: string): Promise<void> {
  await db
    .updateTable('refreshTokens')
    .set({ revokedAt: sql`now()` })
    .where('family', '=', family)
    .where('revokedAt', 'is', null)
    .execute();
}

export function disabled(): AncError {
  return new AncError('ACCOUNT_DISABLED', 'this account is disabled', {
    hint: 'An admin can enable it again.',
  });
}
