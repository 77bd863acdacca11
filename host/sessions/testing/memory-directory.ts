import type { NoiseEvent } from '../protocol/index.ts';
import { defaultSettings, type SessionSettings } from '../protocol/index.ts';
import {
  type AdmittedSession,
  type Credentials,
  type EndReason,
  type SessionDirectory,
  type SessionProgress,
  SessionRefusal,
} from '../live/index.ts';

/** Sessions in memory, with tickets that are spent once, as the database’s directory has them. */
export class MemoryDirectory implements SessionDirectory {
  readonly progressed: { sessionId: string; progress: SessionProgress }[] = [];
  readonly noises: { sessionId: string; event: NoiseEvent }[] = [];
  readonly endings: { sessionId: string; reason: EndReason; last: SessionProgress }[] = [];
  readonly #sessions = new Map<string, AdmittedSession>();
  readonly #tickets = new Map<string, string>();
  #count = 0;

  create(userId: string, settings: Partial<SessionSettings> = {}, chunksBefore = 0): string {
    this.#count += 1;
    const sessionId = `session-${this.#count}`;
    const whole = { ...defaultSettings, ...settings };
    this.#sessions.set(sessionId, { sessionId, userId, settings: whole, chunksBefore });
    return sessionId;
  }

  ticket(sessionId: string): string {
    this.#count += 1;
    const ticket = `t${this.#count}`;
    this.#tickets.set(ticket, sessionId);
    return ticket;
  }

  async admit(sessionId: string, { ticket = '' }: Credentials): Promise<AdmittedSession> {
    const of = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (of === undefined)
      throw new SessionRefusal(401, 'TICKET_INVALID', 'this ticket is unknown or spent');
    const session = this.#sessions.get(sessionId);
    if (of !== sessionId || !session)
      throw new SessionRefusal(404, 'SESSION_UNKNOWN', 'there is no such session');
    return session;
  }

  async progress(sessionId: string, progress: SessionProgress): Promise<void> {
    this.progressed.push({ sessionId, progress });
  }

  async noise(sessionId: string, event: NoiseEvent): Promise<void> {
    this.noises.push({ sessionId, event });
  }

  async ended(sessionId: string, reason: EndReason, last: SessionProgress): Promise<void> {
    this.endings.push({ sessionId, reason, last });
    this.#sessions.delete(sessionId);
  }
}
