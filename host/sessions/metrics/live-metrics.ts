import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LiveMetrics, LiveSecond } from '../live/live-metrics.ts';
import type { EndReason } from '../live/session-directory.ts';
import { type NoiseKind, noiseKinds } from '../protocol/index.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** Why a chunk was not processed: its queue was full, or it was malformed, not finite or one too many. */
export const dropReasons = ['overflow', 'refused'] as const;

export const latencyParts = ['queue', 'filter', 'total'] as const;
export type LatencyPart = (typeof latencyParts)[number];

const endReasons: readonly EndReason[] = ['client', 'owner', 'idle', 'shutdown', 'replaced'];

/** A session that said nothing for so long has no figure any more. */
const staleMs = 3000;

/** The audio's side: what the live sessions report once a second each. */
export class LiveCounters implements LiveMetrics {
  readonly #latency: LatencyHistogram<LatencyPart>;
  readonly #chunks: Counter;
  readonly #filled: Counter;
  readonly #dropped: Counter<'reason'>;
  readonly #noise: Counter<'kind'>;
  readonly #emergencies: Counter;
  readonly #durations: Histogram<'reason'>;
  readonly #active: Gauge;
  readonly #onError: (code: string, count: number) => void;
  readonly #cancellation = new Map<string, { db: number; atMs: number }>();
  #workerLoads: () => readonly number[] = () => [];

  constructor(registry: Registry, onError: (code: string, count: number) => void) {
    const registers = [registry];
    this.#onError = onError;
    this.#latency = new LatencyHistogram(registry, {
      name: 'anc_latency_seconds',
      help: 'What the server adds to a chunk, by part: waiting in the queue, filter, receiving to sending in total',
      label: 'part',
      parts: latencyParts,
    });
    this.#chunks = new Counter({
      name: 'anc_chunks_processed_total',
      help: 'Chunks of audio that were filtered and sent back',
      registers,
    });
    this.#filled = new Counter({
      name: 'anc_filled_chunks_total',
      help: 'Chunks of silence in place of those that did not come in time',
      registers,
    });
    this.#dropped = new Counter({
      name: 'anc_dropped_chunks_total',
      help: 'Chunks that were not processed, by reason: overflow, the queue was full; refused, malformed, not finite or too many',
      labelNames: ['reason'],
      registers,
    });
    this.#noise = new Counter({
      name: 'anc_noise_events_total',
      help: 'Noises recognised in live sessions, by kind',
      labelNames: ['kind'],
      registers,
    });
    this.#emergencies = new Counter({
      name: 'anc_emergencies_total',
      help: 'Sirens and alarms recognised in live sessions, which the listener should hear',
      registers,
    });
    this.#durations = new Histogram({
      name: 'anc_session_duration_seconds',
      help: 'Duration of ended sessions, by the reason of the end',
      labelNames: ['reason'],
      buckets: [1, 10, 30, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800],
      registers,
    });
    this.#active = new Gauge({
      name: 'anc_sessions_active',
      help: 'Live sessions of this instance',
      registers,
    });
    // so that the first drop of a reason is an increase and no new series
    for (const reason of dropReasons) this.#dropped.inc({ reason }, 0);
    for (const kind of noiseKinds) this.#noise.inc({ kind }, 0);
    for (const reason of endReasons) this.#durations.zero({ reason });
    this.#addGauges(registry);
  }

  sessionStarted(): void {
    this.#active.inc();
  }

  sessionEnded(reason: EndReason, seconds: number): void {
    this.#active.dec();
    this.#durations.observe({ reason }, seconds);
  }

  second(figures: LiveSecond): void {
    this.#chunks.inc(figures.processed);
    this.#filled.inc(figures.filled);
    this.#dropped.inc({ reason: 'overflow' }, figures.dropped);
    this.#dropped.inc({ reason: 'refused' }, figures.refused);
    this.#latency.observeAll('total', figures.latenciesMs, 1e-3);
    this.#latency.observeAll('queue', figures.queueMs, 1e-3);
    this.#latency.observeAll('filter', figures.filterMs, 1e-3);
    const { sessionId, cancellationDb } = figures;
    if (cancellationDb === null) this.#cancellation.delete(sessionId);
    else this.#cancellation.set(sessionId, { db: cancellationDb, atMs: performance.now() });
  }

  noise(kind: NoiseKind, emergency: boolean): void {
    this.#noise.inc({ kind });
    if (emergency) this.#emergencies.inc();
  }

  error(code: string, count = 1): void {
    this.#onError(code, count);
  }

  /** @param loads one entry a worker thread: share of the last seconds in which it computed, 0..1 */
  watchWorkers(loads: () => readonly number[]): void {
    this.#workerLoads = loads;
  }

  /** dB of the last second of each live session. */
  #cancellationDb(): number[] {
    const oldestMs = performance.now() - staleMs;
    for (const [id, { atMs }] of this.#cancellation)
      if (atMs < oldestMs) this.#cancellation.delete(id);
    return [...this.#cancellation.values()].map(({ db }) => db);
  }

  #addGauges(registry: Registry): void {
    const registers = [registry];
    const current = () => this.#cancellationDb();
    const cancellation = (
      suffix: string,
      what: string,
      of: (values: readonly number[]) => number,
    ): Gauge =>
      new Gauge({
        name: `anc_cancellation_${suffix}db`,
        help: `Input over output of the last second, full band, mean square, dB, positive is less: ${what} of the live sessions. Speech that stays counts against it`,
        registers,
        collect() {
          const values = current();
          // without a session there is no such figure: the series ends
          if (values.length === 0) this.remove();
          else this.set(of(values));
        },
      });
    cancellation('', 'mean', (values) => values.reduce((sum, v) => sum + v, 0) / values.length);
    cancellation('min_', 'least', (values) => Math.min(...values));
    cancellation('max_', 'most', (values) => Math.max(...values));
    const loads = () => this.#workerLoads();
    new Gauge({
      name: 'anc_worker_load',
      help: 'Share of the time in which a worker thread computed, 0 to 1',
      labelNames: ['worker'],
      registers,
      collect() {
        this.reset();
        loads().forEach((load, worker) => this.set({ worker: String(worker) }, load));
      },
    });
  }
}
