import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EndReason } from '../live/session-directory.ts';
import { type NoiseEvent, noiseKinds } from '../protocol/index.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** Why a chunk was not processed. */
export const dropReasons = ['overflow', 'refused', 'shutdown', 'worker'] as const;
export type DropReason = (typeof dropReasons)[number];

export const latencyParts = ['queue', 'filter', 'total'] as const;
export type LatencyPart = (typeof latencyParts)[number];

const endReasons: readonly EndReason[] = ['client', 'owner', 'idle', 'shutdown', 'replaced'];

/** What the live part is asked for at each scrape. */
export interface LiveSnapshot {
  /** one entry a live session, dB of its last second; null: nothing to compare yet */
  readonly cancellationDb: readonly (number | null)[];
  /** one entry a worker thread: share of the last seconds in which it computed, 0..1 */
  readonly workerLoads: readonly number[];
}

const emptySnapshot: LiveSnapshot = { cancellationDb: [], workerLoads: [] };

/** The audio's side. What is called once a chunk costs some ten nanoseconds. */
export class LiveMetrics {
  readonly #latency: LatencyHistogram<LatencyPart>;
  readonly #chunks: Counter;
  readonly #filled: Counter;
  readonly #dropped: Counter<'reason'>;
  readonly #noise: Counter<'kind'>;
  readonly #emergencies: Counter;
  readonly #durations: Histogram<'reason'>;
  #snapshot: () => LiveSnapshot = () => emptySnapshot;
  #unreported = { processed: 0, filled: 0 };

  constructor(registry: Registry) {
    const registers = [registry];
    const unreported = () => this.#unreported;
    this.#latency = new LatencyHistogram(registry, {
      name: 'anc_latency_seconds',
      help: 'What the server adds to a chunk, by part: waiting in the queue, filter, receiving to sending in total',
      label: 'part',
      parts: latencyParts,
    });
    this.#chunks = new Counter({
      name: 'anc_chunks_processed_total',
      help: 'Chunks of 512 samples that were filtered and sent back',
      registers,
      collect() {
        this.inc(unreported().processed);
        unreported().processed = 0;
      },
    });
    this.#filled = new Counter({
      name: 'anc_filled_chunks_total',
      help: 'Chunks of silence in place of those that did not come in time',
      registers,
      collect() {
        this.inc(unreported().filled);
        unreported().filled = 0;
      },
    });
    this.#dropped = new Counter({
      name: 'anc_dropped_chunks_total',
      help: 'Chunks that were not processed, by reason: the queue was full, refused as malformed or too many, the server was stopping, a worker ended',
      labelNames: ['reason'],
      registers,
    });
    this.#noise = new Counter({
      name: 'anc_noise_events_total',
      help: 'Noises recognised, by kind',
      labelNames: ['kind'],
      registers,
    });
    this.#emergencies = new Counter({
      name: 'anc_emergencies_total',
      help: 'Sirens and alarms recognised that the listener should hear',
      registers,
    });
    this.#durations = new Histogram({
      name: 'anc_session_duration_seconds',
      help: 'Duration of ended sessions, by the reason of the end',
      labelNames: ['reason'],
      buckets: [1, 10, 30, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800],
      registers,
    });
    // so that the first drop of a reason is an increase and no new series
    for (const reason of dropReasons) this.#dropped.inc({ reason }, 0);
    for (const kind of noiseKinds) this.#noise.inc({ kind }, 0);
    for (const reason of endReasons) this.#durations.zero({ reason });
    this.#addSnapshotGauges(registry);
  }

  watch(snapshot: () => LiveSnapshot): void {
    this.#snapshot = snapshot;
  }

  chunkProcessed(queueSeconds: number, filterSeconds: number, totalSeconds: number): void {
    this.#unreported.processed++;
    this.#latency.observe('queue', queueSeconds);
    this.#latency.observe('filter', filterSeconds);
    this.#latency.observe('total', totalSeconds);
  }

  chunksFilled(count: number): void {
    this.#unreported.filled += count;
  }

  chunksDropped(reason: DropReason, count = 1): void {
    this.#dropped.inc({ reason }, count);
  }

  sessionEnded(reason: EndReason, seconds: number): void {
    this.#durations.observe({ reason }, seconds);
  }

  noise({ kind, emergency }: Pick<NoiseEvent, 'kind' | 'emergency'>): void {
    this.#noise.inc({ kind });
    if (emergency) this.#emergencies.inc();
  }

  #addSnapshotGauges(registry: Registry): void {
    const registers = [registry];
    const snapshot = () => this.#snapshot();
    new Gauge({
      name: 'anc_sessions_active',
      help: 'Live sessions of this instance',
      registers,
      collect() {
        this.set(snapshot().cancellationDb.length);
      },
    });
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
          const values = snapshot().cancellationDb.filter((v) => v !== null);
          // without a session there is no such figure: the series ends
          if (values.length === 0) this.remove();
          else this.set(of(values));
        },
      });
    cancellation('', 'mean', (values) => values.reduce((sum, v) => sum + v, 0) / values.length);
    cancellation('min_', 'least', (values) => Math.min(...values));
    cancellation('max_', 'most', (values) => Math.max(...values));
    new Gauge({
      name: 'anc_worker_load',
      help: 'Share of the time in which a worker thread computed, 0 to 1',
      labelNames: ['worker'],
      registers,
      collect() {
        this.reset();
        snapshot().workerLoads.forEach((load, worker) =>
          this.set({ worker: String(worker) }, load),
        );
      },
    });
  }
}
