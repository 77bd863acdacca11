import type { Generated } from 'kysely';
import type { BandLevels, EndReason } from '../../live/session-directory.ts';
import type { NoiseKind, SessionSettings, SessionStats } from '../../protocol/index.ts';
import type {
  Id,
  Jsonb,
  JsonbOptional,
  Timestamp,
  TimestampNow,
  TimestampOrNull,
  UserId,
} from './columns.ts';

export type SessionState = 'created' | 'live' | 'ended';

export interface SessionsTable {
  id: Id;
  userId: UserId;
  name: Generated<string>;
  settings: Jsonb<SessionSettings>;
  state: Generated<SessionState>;
  /** the server that runs it */
  instance: string | null;
  chunksProcessed: Generated<number>;
  chunksDropped: Generated<number>;
  chunksFilled: Generated<number>;
  chunksRefused: Generated<number>;
  /** of the last progress */
  stats: JsonbOptional<SessionStats | null>;
  createdAt: TimestampNow;
  startedAt: TimestampOrNull;
  /** the last time that the server which runs it said so */
  seenAt: TimestampOrNull;
  endedAt: TimestampOrNull;
  endReason: EndReason | null;
}

/** One row each 10 s of a live session. */
export interface SessionProgressTable {
  id: Id;
  userId: UserId;
  sessionId: string;
  at: TimestampNow;
  stats: Jsonb<SessionStats>;
  bands: Jsonb<readonly BandLevels[]>;
}

/** From a live session or from a device. */
export interface NoiseEventsTable {
  id: Id;
  userId: UserId;
  sessionId: string | null;
  deviceId: string | null;
  at: Timestamp;
  kind: NoiseKind;
  confidence: number;
  levelDbfs: number;
  emergency: Generated<boolean>;
}
