import type { Generated } from 'kysely';
import type { Id, Jsonb, Timestamp, TimestampNow, TimestampOrNull, UserId } from './columns.ts';

export interface DevicesTable {
  id: Id;
  userId: UserId;
  /** unique per owner */
  serialNumber: string;
  board: string;
  firmwareVersion: string;
  name: Generated<string>;
  createdAt: TimestampNow;
  lastSeenAt: TimestampOrNull;
}

export interface DeviceTelemetryTable {
  id: Id;
  userId: UserId;
  deviceId: string;
  at: Timestamp;
  receivedAt: TimestampNow;
  payload: Jsonb<Record<string, unknown>>;
}
