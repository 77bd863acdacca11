import type { ColumnType } from 'kysely';
import type { Id, JsonText } from './columns.ts';

/** Who did what. Append-only: no role of the server may change or delete a row. No personal data, ids only. */
export interface AuditEventsTable {
  id: Id;
  at: ColumnType<Date, undefined, never>;
  /** who; null when nobody was logged in, or the user was erased since */
  actorId: ColumnType<string | null, string | null, never>;
  /** to whom, when that is a user; null when erased since */
  subjectId: ColumnType<string | null, string | null | undefined, never>;
  /** as `user.login`, `api-key.revoke` */
  action: ColumnType<string, string, never>;
  /** as `session:…`, when the target is no user */
  target: ColumnType<string | null, string | null | undefined, never>;
  details: ColumnType<Record<string, unknown>, JsonText<unknown> | undefined, never>;
}
