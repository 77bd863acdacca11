import type { SessionSettings, SessionStats } from '../../../host/sessions/protocol/index.ts';
import type { Role, Scope } from '../../../host/sessions/accounts/principal.ts';

/** A page of a list, as the API gives it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface SessionView {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly state: 'created' | 'live' | 'ended';
  readonly settings: SessionSettings;
  readonly instance: string | null;
  readonly stats: SessionStats | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly endReason: string | null;
}

export interface UserView {
  readonly id: string;
  readonly kind: 'user' | 'guest';
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly lastLoginAt: string | null;
  readonly createdAt: string;
}

export interface ApiKeyView {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[] | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface JobView {
  readonly id: string;
  readonly kind: string;
  readonly state: 'queued' | 'running' | 'retrying' | 'done' | 'failed' | 'cancelled';
  readonly subjectId: string | null;
  readonly tries: number;
  readonly maxTries: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface DeviceView {
  readonly id: string;
  readonly userId: string;
  readonly serialNumber: string;
  readonly board: string;
  readonly firmwareVersion: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
}

export interface TelemetryView {
  readonly id: string;
  readonly at: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface LiveStatsView {
  readonly active: number;
  readonly chunksProcessed: number;
  readonly chunksDropped: number;
  readonly chunksFilled: number;
  readonly chunksRefused: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly cancellationDb: number | null;
  readonly draining: boolean;
}
