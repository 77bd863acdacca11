import { sql } from 'kysely';
import type { Database } from '../storage/index.ts';
import type { TicketStore } from './tickets.ts';

/** Tickets in the database, for servers without Redis. The time is the database's. */
export function databaseTickets(database: Database): TicketStore {
  return {
    async put(ticketHash, { userId, sessionId }, seconds) {
      const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
      await database.system((db) =>
        db
          .insertInto('sessionTickets')
          .values({ ticketHash, userId, sessionId, expiresAt })
          .execute(),
      );
    },
    async take(ticketHash) {
      const row = await database.system((db) =>
        db
          .deleteFrom('sessionTickets')
          .where('ticketHash', '=', ticketHash)
          .returning(['userId', 'sessionId', sql<boolean>`expires_at > now()`.as('isLive')])
          .executeTakeFirst(),
      );
      return row?.isLive ? { userId: row.userId, sessionId: row.sessionId } : null;
    },
  };
}

/** For the clean-up: tickets that nobody used. */
export async function removeExpiredTickets(database: Database): Promise<number> {
  const { numDeletedRows } = await database.system((db) =>
    db
      .deleteFrom('sessionTickets')
      .where('expiresAt', '<', sql<Date>`now()`)
      .executeTakeFirst(),
  );
  return Number(numDeletedRows);
}
