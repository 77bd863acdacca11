/** Rows as they go out: times in ISO 8601, no column that the document does not name. */
import type { Selectable } from 'kysely';
import type { ApiKeyView, UserExport, UserView } from '../accounts/index.ts';
import type { RecordingRow } from '../recordings/recordings-store.ts';
import type { SessionRow } from '../sessions-store/sessions-store.ts';
import type { DeviceTelemetryTable, DevicesTable, NoiseEventsTable } from '../storage/index.ts';

export const timeOrNull = (time: Date | null) => time?.toISOString() ?? null;

export function userView({ disabledAt, lastLoginAt, createdAt, ...user }: UserView) {
  return {
    ...user,
    disabled: disabledAt !== null,
    lastLoginAt: timeOrNull(lastLoginAt),
    createdAt: createdAt.toISOString(),
  };
}

export function apiKeyView({ createdAt, expiresAt, lastUsedAt, revokedAt, ...key }: ApiKeyView) {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    expiresAt: timeOrNull(expiresAt),
    lastUsedAt: timeOrNull(lastUsedAt),
    revokedAt: timeOrNull(revokedAt),
  };
}

/** Files by the address at which their owner gets them, not by where they lie. */
export function exportView({ exportedAt, tables, files }: UserExport) {
  return {
    exportedAt,
    tables: tables as Record<string, Record<string, unknown>[]>,
    files: files.map(({ recordingId, name, bytes }) => ({
      ...{ recordingId, name, bytes },
      href: `/api/v1/recordings/${recordingId}/file`,
    })),
  };
}

export function sessionView(row: SessionRow) {
  const { id, userId, name, state, settings, instance, stats, endReason } = row;
  return {
    ...{ id, userId, name, state, settings, instance, stats, endReason },
    createdAt: row.createdAt.toISOString(),
    startedAt: timeOrNull(row.startedAt),
    seenAt: timeOrNull(row.seenAt),
    endedAt: timeOrNull(row.endedAt),
  };
}

export function deviceView(row: Selectable<DevicesTable>) {
  const { id, userId, serialNumber, board, firmwareVersion, name } = row;
  return {
    ...{ id, userId, serialNumber, board, firmwareVersion, name },
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: timeOrNull(row.lastSeenAt),
  };
}

export function telemetryView(row: Selectable<DeviceTelemetryTable>) {
  const { id, at, receivedAt, payload: values } = row;
  return { id, at: at.toISOString(), receivedAt: receivedAt.toISOString(), values };
}

export function recordingView(row: RecordingRow) {
  const { id, userId, sessionId, name, note, bytes, sha256 } = row;
  const { channels, sampleRateHz, durationSeconds, createdAt } = row;
  return {
    ...{ id, userId, sessionId, name, note, bytes, sha256 },
    ...{ channels, sampleRateHz, durationSeconds },
    createdAt: createdAt.toISOString(),
  };
}

export function noiseEventView(row: Selectable<NoiseEventsTable>) {
  const { id, userId, sessionId, deviceId, at, kind, confidence, levelDbfs, emergency } = row;
  return {
    ...{ id, userId, sessionId, deviceId, kind, confidence, levelDbfs, emergency },
    at: at.toISOString(),
  };
}
