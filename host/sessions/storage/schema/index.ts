import type { AuditEventsTable } from './audit.ts';
import type { ApiKeysTable, RefreshTokensTable, SessionTicketsTable } from './credentials.ts';
import type { DevicesTable, DeviceTelemetryTable } from './devices.ts';
import type { RecordingsTable } from './recordings.ts';
import type { NoiseEventsTable, SessionProgressTable, SessionsTable } from './sessions.ts';
import type { UsersTable } from './users.ts';

/** Names in camelCase here, in snake_case in the database; int8 is read as a number. */
export interface Schema {
  users: UsersTable;
  refreshTokens: RefreshTokensTable;
  apiKeys: ApiKeysTable;
  sessionTickets: SessionTicketsTable;
  sessions: SessionsTable;
  sessionProgress: SessionProgressTable;
  devices: DevicesTable;
  deviceTelemetry: DeviceTelemetryTable;
  recordings: RecordingsTable;
  noiseEvents: NoiseEventsTable;
  auditEvents: AuditEventsTable;
}

export * from './audit.ts';
export * from './columns.ts';
export * from './credentials.ts';
export * from './devices.ts';
export * from './recordings.ts';
export * from './sessions.ts';
export * from './users.ts';
