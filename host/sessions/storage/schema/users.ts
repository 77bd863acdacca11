import type { Generated } from 'kysely';
import type { Role } from '../../accounts/principal.ts';
import type { Id, TimestampNow, TimestampOrNull } from './columns.ts';

/** `anc_app` may read all but `passwordHash`: name the columns, `selectAll()` is refused by the database. */
export interface UsersTable {
  id: Id;
  kind: Generated<'user' | 'guest'>;
  /** trimmed, lower case; null for guests */
  email: string | null;
  name: Generated<string>;
  role: Generated<Role>;
  /** argon2id in PHC form; null for guests. Only `anc_system` */
  passwordHash: string | null;
  /** access tokens of another version are refused */
  tokenVersion: Generated<number>;
  disabledAt: TimestampOrNull;
  lastLoginAt: TimestampOrNull;
  createdAt: TimestampNow;
}
