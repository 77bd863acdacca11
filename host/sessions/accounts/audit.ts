import type { Transaction } from 'kysely';
import { json, type Schema } from '../storage/index.ts';

export interface AuditEntry {
  readonly actorId: string | null;
  /** the user to whom it was done */
  readonly subjectId?: string | null;
  /** noun and verb, as `user.login` */
  readonly action: string;
  /** as `session:…` */
  readonly target?: string | null;
  /** ids and values of settings; no names, addresses or other personal data */
  readonly details?: Record<string, unknown>;
}

/** In the transaction of what it records: both happen, or neither. */
export async function audit(db: Transaction<Schema>, entry: AuditEntry): Promise<void> {
  const { actorId, subjectId = null, action, target = null, details = {} } = entry;
  await db
    .insertInto('auditEvents')
    .values({ actorId, subjectId, action, target, details: json(details) })
    .execute();
}
