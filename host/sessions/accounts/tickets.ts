import { AncError } from '@anc/link';
import { hashToken, randomToken } from './random-token.ts';

export const ticketSeconds = 60;

export interface TicketBearer {
  readonly userId: string;
  readonly sessionId: string;
}

/** Where tickets wait; `take` gives each to one caller only, and none after its time. */
export interface TicketStore {
  put(hash: string, bearer: TicketBearer, seconds: number): Promise<void>;
  take(hash: string): Promise<TicketBearer | null>;
}

/**
 * For one WebSocket of one session, once, because browsers cannot send headers there and URLs end up in logs. The caller
 * has found the session among those of the user.
 */
export async function issueTicket(
  store: TicketStore,
  bearer: TicketBearer,
): Promise<{ ticket: string; expiresAt: Date }> {
  const ticket = randomToken();
  const expiresAt = new Date(Date.now() + ticketSeconds * 1000);
  await store.put(hashToken(ticket), bearer, ticketSeconds);
  return { ticket, expiresAt };
}

/**
 * A ticket is spent even when it is for another session.
 * @throws AncError TICKET_INVALID
 */
export async function spendTicket(
  store: TicketStore,
  ticket: string,
  sessionId: string,
): Promise<TicketBearer> {
  const bearer = await store.take(hashToken(ticket));
  if (bearer?.sessionId === sessionId) return bearer;
  throw new AncError('TICKET_INVALID', 'this ticket is used, expired, or for another session', {
    hint: `Get one from POST /api/v1/sessions/ID/tickets; it is good once, for ${ticketSeconds} s.`,
  });
}
