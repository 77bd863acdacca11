import { AncError } from '@anc/link';
import type { Transaction } from 'kysely';
import type { Principal } from '../accounts/principal.ts';
import { authorize } from '../accounts/permissions.ts';
import { type TicketStore, spendTicket } from '../accounts/tickets.ts';
import { problemKind } from '../api/problem-table.ts';
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
import { type Database, type Schema, isUuid } from '../storage/index.ts';
import { countOpenSessions } from './open-sessions.ts';
import { addProgress, updateFigures } from './progress.ts';

export interface DirectoryOptions {
  readonly database: Database;
  readonly tickets: TicketStore;
  readonly limiter: RateLimiter;
  /** who sends these credentials. @throws AncError */
  readonly identify: (credentials: Credentials) => Promise<Principal>;
  /** name of this server among its like */
  readonly instance: string;
  readonly maxSessionsPerUser: number;
}

/** Live sessions as rows: whoever opens one is its owner, and what it measures is kept. */
export class DatabaseDirectory implements SessionDirectory {
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  async admit(sessionId: string, credentials: Credentials): Promise<AdmittedSession> {
    const { database, limiter } = this.#options;
    try {
      // Not even a query: what is no id cannot be anybody's session.
      if (!isUuid(sessionId)) throw noSession(sessionId);
      const userId = await this.#userOf(sessionId, credentials);
      const { allowed, resetS } = await limiter.consume('user', userId);
      if (!allowed)
        throw new SessionRefusal(
          429,
          'RATE_LIMITED',
          'too many requests of this user',
          `Wait ${resetS} s.`,
        );
      return await database.system((db) => this.#start(db, sessionId, userId));
    } catch (error) {
      throw asRefusal(error);
    }
  }

  async progress(sessionId: string, progress: SessionProgress): Promise<void> {
    const { database, instance } = this.#options;
    await database.system(async (db) => {
      const userId = await updateFigures(db, instance, sessionId, progress);
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
    const { database, instance } = this.#options;
    await database.system(async (db) => {
      const userId = await updateFigures(db, instance, sessionId, last);
      if (userId === null) return;
      await addProgress(db, sessionId, userId, last);
      // Of a server that stops only its part is over: the client may go on with it on another one.
      const change =
        reason === 'shutdown'
          ? { instance: null }
          : { state: 'ended' as const, endedAt: new Date(), endReason: reason };
      await db.updateTable('sessions').set(change).where('id', '=', sessionId).execute();
    });
  }

  /** Whose credentials they are. @throws SessionRefusal, AncError */
  async #userOf(sessionId: string, credentials: Credentials): Promise<string> {
    const { tickets, identify } = this.#options;
    const { ticket, authorization, apiKey } = credentials;
    if (ticket !== undefined) return (await spendTicket(tickets, ticket, sessionId)).userId;
    if (authorization === undefined && apiKey === undefined)
      throw new SessionRefusal(
        401,
        'NOT_AUTHENTICATED',
        'the connection brings no ticket, token or key',
        'Open it with the subprotocols anc.v1 and ticket.TICKET.',
      );
    const principal = await identify(credentials);
    authorize(principal, 'sessions:write');
    return principal.userId;
  }

  /** A session of somebody else looks like none. */
  async #start(
    db: Transaction<Schema>,
    sessionId: string,
    userId: string,
  ): Promise<AdmittedSession> {
    const { instance, maxSessionsPerUser } = this.#options;
    const session = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.userId')
      .select([
        'sessions.settings',
        'sessions.state',
        'sessions.chunksProcessed',
        'users.disabledAt',
      ])
      .where('sessions.id', '=', sessionId)
      .where('sessions.userId', '=', userId)
      .executeTakeFirst();
    if (!session) throw noSession(sessionId);
    if (session.disabledAt)
      throw new SessionRefusal(403, 'ACCOUNT_DISABLED', 'this account is disabled');
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
}

function noSession(sessionId: string): SessionRefusal {
  return new SessionRefusal(
    404,
    'SESSION_UNKNOWN',
    `there is no session ${sessionId} of yours`,
    'POST /api/v1/sessions makes one.',
  );
}

/** Credentials are refused by the parts that know them, with their codes. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof AncError)) return error;
  const status = problemKind(error.code)?.status;
  if (status === undefined) return error;
  return new SessionRefusal(status, error.code, error.message, error.hint ?? null);
}
