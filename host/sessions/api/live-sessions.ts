import type { SessionSettings } from '../protocol/index.ts';

/** What the API asks of the part that runs sessions. */
export interface LiveSessions {
  /** over the sessions that run here */
  stats(): LiveStats;
  /** Ends a session in its owner's name, with its last figures written; false: it does not run here. */
  end(sessionId: string): Promise<boolean>;
  /** New settings of a running session; null: it does not run here. @throws AncError SETTING_INVALID, SETTING_FIXED */
  settings(sessionId: string, change: Partial<SessionSettings>): SessionSettings | null;
  /** null: the worker threads run; else what is wrong with them */
  fault(): string | null;
  readonly isDraining: boolean;
}

export interface LiveStats {
  /** sessions that run here */
  readonly active: number;
  /** since the server's start */
  readonly chunksProcessed: number;
  readonly chunksDropped: number;
  readonly chunksFilled: number;
  readonly chunksRefused: number;
  /** receiving to sending, over all chunks of the last seconds; null without */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** mean over the sessions that have sound; null without */
  readonly cancellationDb: number | null;
}
