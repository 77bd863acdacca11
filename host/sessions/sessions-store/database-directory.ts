import { AncError } from '@anc/link';
import type { Transaction } from 'kysely';
import { problemKind } from '../api/problem-table.ts';
import { can } from '../accounts/permissions.ts';
import type { Principal } from '../accounts/principal.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import {
  type AdmittedSession,
  type Credentials,
  type EndReason,
  type SessionDirectory,
  type SessionProgress,
  SessionRefusal,
} from '../live/session-directory.ts';
import type { NoiseEvent } from '../protocol/index.ts';
import { type Database, type Schema, json } from '../storage/index.ts';
import { countOpenSessions } from './open-sessions.ts';
import { spendTicket } from './tickets.ts';

export interface DirectoryOptions {
  readonly database: Database;
  readonly limiter: RateLimiter;
  /** who sends these credentials. @throws AncError */
  readonly identify: (credentials: Credentials) => Promise<Principal>;
  /** name of this server among its like */
  readonly instance: string;
  readonly maxSessionsPerUser: number;
  /** the session is over and its last figures are written */
  readonly onEnded?: (session: { readonly sessionId: string; readonly userId: string }) => void;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Live sessions as rows: whoever opens one is its owner, and what it measures is kept. */
export class DatabaseDirectory implements SessionDirectory {
  #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  async admit(sessionId: string, credentials: Credentials): Promise<AdmittedSession> {
    try {
      await this.#count('connect', credentials.address);
      // Not even a query: what is no id cannot be anybody's session.
      if (!uuid.test(sessionId)) throw noSession(sessionId);
      const userId = await this.#ownerOf(sessionId, credentials);
      await this.#count('user', userId);
      return await this.#options.database.system((db) => this.#start(db, sessionId, userId));
    } catch (error) {
      throw asRefusal(error);
    }
  }

  async progress(sessionId: string, progress: SessionProgress): Promise<void> {
    await this.#options.database.system(async (db) => {
      const userId = await this.#update(db, sessionId, progress);
      if (userId !== null) await addProgress(db, sessionId, userId, progress);
    });
  }

  async noise(sessionId: string, event: NoiseEvent): Promise<void> {
    await this.#options.database.system(async (db) => {
      const owner = await db
        .selectFrom('sessions')
        .select('userId')
        .where('id', '=', sessionId)
        .executeTakeFirst();
      if (!owner) return;
      const { at, kind, confidence, levelDbfs, emergency } = event;
      await db
        .insertInto('noiseEvents')
        .values({ ...owner, sessionId, at, kind, confidence, levelDbfs, emergency })
        .execute();
    });
  }

  async ended(sessionId: string, reason: EndReason, last: SessionProgress): Promise<void> {
    const userId = await this.#options.database.system(async (db) => {
      const owner = await this.#update(db, sessionId, last);
      if (owner === null) return null;
      await addProgress(db, sessionId, owner, last);
      await db
        .updateTable('sessions')
        .set({ state: 'ended', endedAt: new Date(), endReason: reason })
        .where('id', '=', sessionId)
        .execute();
      return owner;
    });
    if (userId !== null) this.#options.onEnded?.({ sessionId, userId });
  }

  async #count(policy: 'connect' | 'user', key: string): Promise<void> {
    const { allowed, resetS, points, windowS } = await this.#options.limiter.consume(policy, key);
    if (allowed) return;
    throw new SessionRefusal(
      429,
      'RATE_LIMITED',
      `more than ${points} connections in ${windowS} s, counted for ${policy}`,
      `Wait ${resetS} s.`,
    );
  }

  /** Of the session, if these credentials may run it. A session of somebody else looks like none. */
  async #ownerOf(sessionId: string, credentials: Credentials): Promise<string> {
    const { database, identify } = this.#options;
    const { ticket, authorization, apiKey } = credentials;
    if (ticket !== undefined) {
      // In a transaction of its own: it is spent whatever comes after.
      const spent = await database.system((db) => spendTicket(db, sessionId, ticket));
      if (spent) return spent.userId;
      throw new SessionRefusal(
        401,
        'TICKET_INVALID',
        'the ticket is of another session, was used, or is too old',
        'POST /api/v1/sessions/ID/tickets gives a new one.',
      );
    }
    if (authorization === undefined && apiKey === undefined)
      throw new SessionRefusal(
        401,
        'NOT_AUTHENTICATED',
        'the connection brings no ticket, token or key',
        'Open it with the subprotocols anc.v1 and ticket.TICKET.',
      );
    const principal = await identify(credentials);
    if (!can(principal, 'sessions:write'))
      throw new SessionRefusal(403, 'NOT_PERMITTED', 'sessions:write is needed');
    return principal.userId;
  }

  async #start(
    db: Transaction<Schema>,
    sessionId: string,
    userId: string,
  ): Promise<AdmittedSession> {
    const { instance, maxSessionsPerUser } = this.#options;
    const session = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.userId')
      .select(['sessions.settings', 'sessions.state', 'sessions.chunksProcessed', 'users.disabledAt'])
      .where('sessions.id', '=', sessionId)
      .where('sessions.userId', '=', userId)
      .executeTakeFirst();
    if (!session) throw noSession(sessionId);
    if (session.disabledAt)
      throw new SessionRefusal(403, 'USER_DISABLED', 'the account was disabled');
    if (session.state === 'ended')
      throw new SessionRefusal(
        410,
        'SESSION_ENDED',
        `the session ${sessionId} is over`,
        'POST /api/v1/sessions makes a new one.',
      );
    if ((await countOpenSessions(db, userId, sessionId)) >= maxSessionsPerUser)
      throw new SessionRefusal(
        409,
        'SESSIONS_TOO_MANY',
        `${maxSessionsPerUser} sessions of this user are open`,
        'End one of them.',
      );
    const now = new Date();
    await db
      .updateTable('sessions')
      .set(({ fn, val }) => ({
        state: 'live',
        instance,
        startedAt: fn.coalesce('startedAt', val(now)),
        seenAt: now,
      }))
      .where('id', '=', sessionId)
      .execute();
    const { settings, chunksProcessed: chunksBefore } = session;
    return { sessionId, userId, settings, chunksBefore };
  }

  /** Null when the session is over, erased, or runs on another instance by now: its figures are not ours to write. */
  async #update(
    db: Transaction<Schema>,
    sessionId: string,
    { settings, stats }: SessionProgress,
  ): Promise<string | null> {
    const { chunksProcessed, chunksDropped, chunksFilled, chunksRefused } = stats;
    const updated = await db
      .updateTable('sessions')
      .set({
        settings: json(settings),
        stats: json(stats),
        chunksProcessed,
        chunksDropped,
        chunksFilled,
        chunksRefused,
        seenAt: new Date(),
      })
      .where('id', '=', sessionId)
      .where('instance', '=', this.#options.instance)
      .where('state', '!=', 'ended')
      .returning('userId')
      .executeTakeFirst();
    return updated?.userId ?? null;
  }
}

async function addProgress(
  db: Transaction<Schema>,
  sessionId: string,
  userId: string,
  { stats, bands }: SessionProgress,
): Promise<void> {
  await db
    .insertInto('sessionProgress')
    .values({ sessionId, userId, stats: json(stats), bands: json(bands) })
    .execute();
}

function noSession(sessionId: string): SessionRefusal {
  return new SessionRefusal(
    404,
    'SESSION_NOT_FOUND',
    `there is no session ${sessionId.slice(0, 64)} of yours`,
    'POST /api/v1/sessions makes one.',
  );
}

/** Credentials are refused by the parts that know them, with their codes. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof AncError)) return error;
  const status = problemKind(error.code)?.status;
  return status === undefined
    ? error
    : new SessionRefusal(status, error.code, error.message, error.hint ?? null);
}
