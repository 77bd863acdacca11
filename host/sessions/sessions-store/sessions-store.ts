import type { Selectable } from 'kysely';
import type { Principal } from '../accounts/principal.ts';
import { readPage } from '../api/paging.ts';
import { Refusal } from '../api/problem.ts';
import type { SessionSettings } from '../protocol/index.ts';
import {
  type Database,
  type Page,
  type PageRequest,
  type SessionState,
  type SessionsTable,
  json,
} from '../storage/index.ts';
import { countOpenSessions } from './open-sessions.ts';

export type SessionRow = Selectable<SessionsTable>;

export interface SessionFilter extends PageRequest {
  readonly state?: SessionState | undefined;
  readonly userId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Sessions as their users see them. Whose rows an actor reaches is the policies' decision. */
export class SessionsStore {
  #database: Database;
  #maxPerUser: number;

  constructor(database: Database, maxPerUser: number) {
    this.#database = database;
    this.#maxPerUser = maxPerUser;
  }

  /** @throws Refusal SESSIONS_TOO_MANY */
  create(actor: Principal, name: string, settings: SessionSettings): Promise<SessionRow> {
    return this.#database.as(actor, async (db) => {
      if ((await countOpenSessions(db, actor.userId)) >= this.#maxPerUser)
        throw new Refusal(
          'SESSIONS_TOO_MANY',
          `${this.#maxPerUser} sessions of this user are open`,
        );
      return db
        .insertInto('sessions')
        .values({ userId: actor.userId, name, settings: json(settings) })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  /** An open one of the actor alone: a session runs in its user's name. @throws Refusal NOT_FOUND, SESSION_ENDED */
  async own(actor: Principal, id: string): Promise<SessionRow> {
    const session = await this.get(actor, id);
    if (session.userId !== actor.userId) throw notFound(id);
    if (session.state === 'ended') throw new Refusal('SESSION_ENDED', `the session ${id} is over`);
    return session;
  }

  /** @throws Refusal NOT_FOUND */
  async get(actor: Principal, id: string): Promise<SessionRow> {
    const row = await this.#database.as(actor, (db) =>
      db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    if (!row) throw notFound(id);
    return row;
  }

  list<T>(actor: Principal, filter: SessionFilter, view: (row: SessionRow) => T): Promise<Page<T>> {
    const { state, userId, from, to } = filter;
    return this.#database.reading(actor, (db) => {
      let query = db.selectFrom('sessions').selectAll();
      if (state) query = query.where('state', '=', state);
      if (userId) query = query.where('userId', '=', userId);
      if (from) query = query.where('createdAt', '>=', new Date(from));
      if (to) query = query.where('createdAt', '<', new Date(to));
      return readPage(query, filter, 'createdAt', view);
    });
  }

  /** Of a session that does not run: a running one writes its own. @throws Refusal NOT_FOUND, SESSION_ENDED */
  async keepSettings(actor: Principal, id: string, settings: SessionSettings): Promise<SessionRow> {
    const row = await this.#database.as(actor, (db) =>
      db
        .updateTable('sessions')
        .set({ settings: json(settings) })
        .where('id', '=', id)
        .where('state', '!=', 'ended')
        .returningAll()
        .executeTakeFirst(),
    );
    if (!row) throw new Refusal('SESSION_ENDED', `the session ${id} is over`);
    return row;
  }

  /** Ends the row; one that is over stays as it is. @throws Refusal NOT_FOUND */
  async end(actor: Principal, id: string): Promise<SessionRow> {
    await this.#database.as(actor, (db) =>
      db
        .updateTable('sessions')
        .set({ state: 'ended', endedAt: new Date(), endReason: 'owner' })
        .where('id', '=', id)
        .where('state', '!=', 'ended')
        .execute(),
    );
    return this.get(actor, id);
  }
}

function notFound(id: string): Refusal {
  return new Refusal('NOT_FOUND', `there is no session ${id} that you may see`);
}
