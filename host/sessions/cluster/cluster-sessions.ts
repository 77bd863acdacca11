import type { AncError } from '@anc/link';
import type { LiveSessions, LiveStats } from '../api/live-sessions.ts';
import type { LiveServer } from '../live/index.ts';
import type { SessionSettings } from '../protocol/index.ts';
import { type InstanceFigures, sumFigures } from '../stats/figures.ts';
import type { Cluster } from './cluster.ts';

export interface ClusterSessionsOptions {
  readonly cluster: Cluster;
  readonly live: LiveServer;
  readonly figures: () => InstanceFigures;
}

/** The live sessions of all instances as the API sees them, and what this one answers to the others. */
export class ClusterSessions implements LiveSessions {
  readonly #cluster: Cluster;
  readonly #live: LiveServer;
  readonly #figures: () => InstanceFigures;

  constructor({ cluster, live, figures }: ClusterSessionsOptions) {
    this.#cluster = cluster;
    this.#live = live;
    this.#figures = figures;
    cluster.serve(
      {
        end: ({ sessionId }) => live.end(sessionId, 'owner'),
        handOver: ({ sessionId }) => live.end(sessionId, 'replaced'),
        settings: ({ sessionId, change }) => live.settings(sessionId, change),
        figures,
      },
      (sessionId) => void live.end(sessionId, 'replaced'),
    );
  }

  get isDraining(): boolean {
    return this.#live.isDraining;
  }

  fault(): string | null {
    const runs = this.#live.workers.some(({ threadId }) => threadId > 0);
    return runs ? null : 'no worker thread runs';
  }

  async stats(): Promise<LiveStats> {
    return sumFigures([this.#figures(), ...(await this.#cluster.askOthers('figures', {}))]);
  }

  async end(sessionId: string): Promise<boolean> {
    if (await this.#live.end(sessionId, 'owner')) return true;
    try {
      const owner = await this.#cluster.ownerOf(sessionId);
      if (owner === null) return false;
      return (await this.#cluster.ask(owner, 'end', { sessionId })) ?? false;
    } catch (error) {
      // The row says that it is over: who runs it sees that at its next progress.
      if ((error as AncError).code === 'INSTANCES_UNREACHABLE') return false;
      throw error;
    }
  }

  async settings(
    sessionId: string,
    change: Partial<SessionSettings>,
  ): Promise<SessionSettings | null> {
    const here = this.#live.settings(sessionId, change);
    if (here) return here;
    const owner = await this.#cluster.ownerOf(sessionId);
    return owner === null ? null : this.#cluster.ask(owner, 'settings', { sessionId, change });
  }
}
