import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Schema } from '../storage/index.ts';

/** Long enough to open the WebSocket, too short to be found in a log and used. */
export const ticketLifetimeMs = 30_000;

export interface Ticket {
  readonly ticket: string;
  readonly expiresAt: Date;
}

/** 256 random bits; the database knows only their hash. */
export async function issueTicket(
  db: Transaction<Schema>,
  session: { readonly id: string; readonly userId: string },
): Promise<Ticket> {
  const ticket = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + ticketLifetimeMs);
  const { id: sessionId, userId } = session;
  await db
    .insertInto('sessionTickets')
    .values({ ticketHash: hashOf(ticket), sessionId, userId, expiresAt })
    .execute();
  await db.deleteFrom('sessionTickets').where('expiresAt', '<', new Date()).execute();
  return { ticket, expiresAt };
}

/** Takes the ticket away in the same statement that finds it: of two who try, one gets in. */
export async function spendTicket(
  db: Transaction<Schema>,
  sessionId: string,
  ticket: string,
): Promise<{ readonly userId: string } | null> {
  const spent = await db
    .deleteFrom('sessionTickets')
    .where('ticketHash', '=', hashOf(ticket))
    .where('sessionId', '=', sessionId)
    .where('expiresAt', '>', new Date())
    .returning('userId')
    .executeTakeFirst();
  return spent ?? null;
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
