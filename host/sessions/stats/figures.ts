import type { LiveStats } from '../api/live-sessions.ts';
import { type LatencyCounts, percentilesOf } from './latency-window.ts';

/** What one instance says of its sessions, so that the figures of several can be added. */
export interface InstanceFigures {
  readonly instance: string;
  readonly draining: boolean;
  readonly active: number;
  readonly chunksProcessed: number;
  readonly chunksDropped: number;
  readonly chunksFilled: number;
  readonly chunksRefused: number;
  readonly latency: LatencyCounts;
  /** over its sessions with sound */
  readonly cancellation: { readonly sessions: number; readonly sumDb: number };
}

export function sumFigures(all: readonly InstanceFigures[]): LiveStats {
  const sum = (of: (figures: InstanceFigures) => number) => all.reduce((s, f) => s + of(f), 0);
  const heard = sum(({ cancellation }) => cancellation.sessions);
  return {
    active: sum(({ active }) => active),
    chunksProcessed: sum(({ chunksProcessed }) => chunksProcessed),
    chunksDropped: sum(({ chunksDropped }) => chunksDropped),
    chunksFilled: sum(({ chunksFilled }) => chunksFilled),
    chunksRefused: sum(({ chunksRefused }) => chunksRefused),
    latencyMs: percentilesOf(all.flatMap(({ latency }) => latency)),
    cancellationDb: heard > 0 ? sum(({ cancellation }) => cancellation.sumDb) / heard : null,
    instances: all
      .map(({ instance: name, active, draining }) => ({ name, active, draining }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
