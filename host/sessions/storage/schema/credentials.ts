import type { Scope } from '../../accounts/principal.ts';
import type { Id, Timestamp, TimestampNow, TimestampOrNull, UserId } from './columns.ts';

/** One refresh token. All that came from one log-in are a family. */
export interface RefreshTokensTable {
  id: Id;
  userId: UserId;
  family: string;
  /** SHA-256, hex. Only `anc_system` */
  tokenHash: string;
  createdAt: TimestampNow;
  expiresAt: Timestamp;
  /** when it was exchanged for the next one */
  usedAt: TimestampOrNull;
  revokedAt: TimestampOrNull;
}

export interface ApiKeysTable {
  id: Id;
  userId: UserId;
  name: string;
  /** the shown part of the key, without `anc_` */
  prefix: string;
  /** SHA-256 of the secret, hex. Only `anc_system` */
  keyHash: string;
  /** null: all that the owner's role may */
  scopes: Scope[] | null;
  createdAt: TimestampNow;
  expiresAt: TimestampOrNull;
  lastUsedAt: TimestampOrNull;
  revokedAt: TimestampOrNull;
}

/** Single-use tickets of the WebSocket. Only `anc_system`. */
export interface SessionTicketsTable {
  /** SHA-256, hex */
  ticketHash: string;
  userId: UserId;
  sessionId: string;
  expiresAt: Timestamp;
}
