import type { Generated } from 'kysely';
import type { Id, TimestampNow, UserId } from './columns.ts';

/** What is known of a recording; its bytes are the file `fileKey` under the data folder. */
export interface RecordingsTable {
  id: Id;
  userId: UserId;
  sessionId: string | null;
  name: string;
  bytes: number;
  /** hex */
  sha256: string;
  channels: number;
  sampleRateHz: number;
  durationSeconds: number;
  /** made by the server, never from a name that a user gave; unique */
  fileKey: string;
  note: Generated<string>;
  createdAt: TimestampNow;
}
