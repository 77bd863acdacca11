import type { LiveStats } from '../api/live-sessions.ts';
import type { LiveMetrics, LiveSecond, LiveServer } from '../live/index.ts';
import { LatencyWindow } from './latency-window.ts';

/** What the API says of all sessions together; hears what they report each second, and passes it on. */
export class LiveFigures implements LiveMetrics {
  readonly #next: LiveMetrics;
  readonly #latency = new LatencyWindow();
  readonly #totals = { processed: 0, dropped: 0, filled: 0, refused: 0 };

  constructor(next: LiveMetrics) {
    this.#next = next;
  }

  second(figures: LiveSecond): void {
    const totals = this.#totals;
    totals.processed += figures.processed;
    totals.dropped += figures.dropped;
    totals.filled += figures.filled;
    totals.refused += figures.refused;
    this.#latency.add(figures.latenciesMs);
    this.#next.second(figures);
  }

  sessionStarted: LiveMetrics['sessionStarted'] = () => this.#next.sessionStarted();
  sessionEnded: LiveMetrics['sessionEnded'] = (...args) => this.#next.sessionEnded(...args);
  noise: LiveMetrics['noise'] = (...args) => this.#next.noise(...args);
  error: LiveMetrics['error'] = (...args) => this.#next.error(...args);

  stats(live: Pick<LiveServer, 'list'>): LiveStats {
    const views = live.list();
    const heard = views.flatMap(({ stats }) => stats.cancellationDb ?? []);
    const { processed, dropped, filled, refused } = this.#totals;
    return {
      active: views.length,
      chunksProcessed: processed,
      chunksDropped: dropped,
      chunksFilled: filled,
      chunksRefused: refused,
      latencyMs: this.#latency.percentiles(),
      cancellationDb:
        heard.length > 0 ? heard.reduce((sum, db) => sum + db, 0) / heard.length : null,
    };
  }
}
