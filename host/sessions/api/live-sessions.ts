import type { SessionSettings } from '../protocol/index.ts';

/** What the API asks of the part that runs sessions, on whichever instance they are. */
export interface LiveSessions {
  /** over the sessions of all instances that answer */
  stats(): Promise<LiveStats>;
  /** Ends a session in its owner's name, with its last figures written; false: it runs nowhere, or cannot be reached. */
  end(sessionId: string): Promise<boolean>;
  /** New settings of a running session; null: it runs nowhere. @throws AncError SETTING_…, INSTANCES_UNREACHABLE */
  settings(sessionId: string, change: Partial<SessionSettings>): Promise<SessionSettings | null>;
  /** null: the worker threads of this instance run; else what is wrong with them */
  fault(): string | null;
  readonly isDraining: boolean;
}

export interface LiveStats {
  /** sessions that run */
  readonly active: number;
  /** since the start of each instance */
  readonly chunksProcessed: number;
  readonly chunksDropped: number;
  readonly chunksFilled: number;
  readonly chunksRefused: number;
  /** receiving to sending, over all chunks of the last seconds; null without */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** mean over the sessions that have sound; null without */
  readonly cancellationDb: number | null;
  /** those that the figures are of */
  readonly instances: {
    readonly name: string;
    readonly active: number;
    readonly draining: boolean;
  }[];
}
