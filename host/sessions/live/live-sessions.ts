import type { ServerLatency, SessionSettings } from '../protocol/index.ts';

/** What the rest of the server asks of the part that runs sessions. */
export interface LiveSessions {
  /** over the sessions that run here */
  stats(): LiveStats;
  /** Ends a session in its owner's name, with its last figures written; false: it does not run here. */
  end(sessionId: string): Promise<boolean>;
  /** New settings of a running session; null: it does not run here. @throws AncError SETTING_INVALID */
  change(sessionId: string, change: Partial<SessionSettings>): Promise<SessionSettings | null>;
  /** null: the worker threads run; else what is wrong with them */
  fault(): string | null;
}

export interface LiveStats {
  readonly active: number;
  readonly chunksProcessed: number;
  readonly chunksDropped: number;
  readonly chunksFilled: number;
  readonly chunksRefused: number;
  readonly latency: ServerLatency | null;
  readonly cancellationDb: number | null;
  readonly draining: boolean;
}
