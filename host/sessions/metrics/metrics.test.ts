import express, { type ErrorRequestHandler } from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AncError } from '@anc/link';
import { PROMETHEUS_MISSING, TestPrometheus } from '../testing/prometheus.ts';
import { dashboards } from './dashboards/index.ts';
import type { LiveSecond } from '../live/live-metrics.ts';
import { type MetricsAccess, metricsRouter, SessionMetrics } from './index.ts';

/** Value of one series in the text that a scrape gets. */
async function value(metrics: SessionMetrics, series: string): Promise<number | undefined> {
  const line = (await metrics.registry.metrics())
    .split('\n')
    .find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const none = new Float32Array(0);

const second = (more: Partial<LiveSecond> = {}): LiveSecond => ({
  sessionId: 'a',
  processed: 0,
  dropped: 0,
  filled: 0,
  refused: 0,
  latenciesMs: none,
  queueMs: none,
  filterMs: none,
  cancellationDb: null,
  ...more,
});

describe('live', () => {
  test('chunks and latencies by part, cumulative in the buckets', async () => {
    const metrics = new SessionMetrics();
    metrics.live.second(
      second({
        processed: 2,
        filled: 3,
        latenciesMs: Float32Array.of(4.5, 2000),
        queueMs: Float32Array.of(0.25, 0.125),
        filterMs: Float32Array.of(2, 2),
      }),
    );
    const of = (series: string) => value(metrics, series);
    expect(await of('anc_chunks_processed_total')).toBe(2);
    expect(await of('anc_filled_chunks_total')).toBe(3);
    // a value on a bound belongs to it
    expect(await of('anc_latency_seconds_bucket{le="0.00025",part="queue"}')).toBe(2);
    expect(await of('anc_latency_seconds_bucket{le="0.0001",part="queue"}')).toBe(0);
    expect(await of('anc_latency_seconds_bucket{le="0.001",part="filter"}')).toBe(0);
    expect(await of('anc_latency_seconds_bucket{le="0.002",part="filter"}')).toBe(2);
    expect(await of('anc_latency_seconds_bucket{le="1",part="total"}')).toBe(1);
    expect(await of('anc_latency_seconds_bucket{le="+Inf",part="total"}')).toBe(2);
    expect(await of('anc_latency_seconds_count{part="total"}')).toBe(2);
    expect(await of('anc_latency_seconds_sum{part="total"}')).toBeCloseTo(2.0045, 9);
  });

  test('sessions and their cancellation; without a session no figure', async () => {
    const metrics = new SessionMetrics();
    expect(await value(metrics, 'anc_sessions_active')).toBe(0);
    expect(await value(metrics, 'anc_cancellation_db')).toBeUndefined();
    for (const [sessionId, cancellationDb] of [
      ['a', 10],
      ['b', 20],
      ['c', null],
    ] as const) {
      metrics.live.sessionStarted();
      metrics.live.second(second({ sessionId, cancellationDb }));
    }
    metrics.live.watchWorkers(() => [0.25, 0.5]);
    expect(await value(metrics, 'anc_sessions_active')).toBe(3);
    expect(await value(metrics, 'anc_cancellation_db')).toBe(15);
    expect(await value(metrics, 'anc_cancellation_min_db')).toBe(10);
    expect(await value(metrics, 'anc_cancellation_max_db')).toBe(20);
    expect(await value(metrics, 'anc_worker_load{worker="1"}')).toBe(0.5);
    metrics.live.second(second({ sessionId: 'b' }));
    metrics.live.sessionEnded('client', 42);
    expect(await value(metrics, 'anc_sessions_active')).toBe(2);
    expect(await value(metrics, 'anc_cancellation_db')).toBe(10);
    expect(await value(metrics, 'anc_session_duration_seconds_sum{reason="client"}')).toBe(42);
  });

  test('a session that ended leaves the mean after three seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const metrics = new SessionMetrics();
      metrics.live.second(second({ cancellationDb: 10 }));
      vi.advanceTimersByTime(2900);
      expect(await value(metrics, 'anc_cancellation_db')).toBe(10);
      vi.advanceTimersByTime(200);
      expect(await value(metrics, 'anc_cancellation_db')).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test('drops, noises and emergencies by their labels, which are there from the start', async () => {
    const metrics = new SessionMetrics();
    expect(await value(metrics, 'anc_dropped_chunks_total{reason="overflow"}')).toBe(0);
    metrics.live.second(second({ dropped: 4, refused: 1 }));
    metrics.live.noise('siren', true);
    metrics.live.noise('hum', false);
    metrics.live.error('CHUNK_BYPASSED', 3);
    expect(await value(metrics, 'anc_dropped_chunks_total{reason="overflow"}')).toBe(4);
    expect(await value(metrics, 'anc_dropped_chunks_total{reason="refused"}')).toBe(1);
    expect(await value(metrics, 'anc_noise_events_total{kind="siren"}')).toBe(1);
    expect(await value(metrics, 'anc_emergencies_total')).toBe(1);
    expect(await value(metrics, 'anc_errors_total{code="CHUNK_BYPASSED"}')).toBe(3);
  });

  test('the seconds of a thousand sessions cost little beside their audio', () => {
    const { live } = new SessionMetrics();
    const chunks = Float32Array.from({ length: 94 }, (_, i) => i / 10);
    const figures = second({
      processed: 94,
      latenciesMs: chunks,
      queueMs: chunks,
      filterMs: chunks,
    });
    const start = performance.now();
    for (let i = 0; i < 1000; i++) live.second({ ...figures, sessionId: String(i) });
    // a tenth of a core; measured 6 ms
    expect(performance.now() - start).toBeLessThan(100);
  });
});

test('errors are counted by code; what is no code makes no label of its own', async () => {
  const metrics = new SessionMetrics();
  metrics.server.error('DATABASE_UNAVAILABLE');
  for (const text of ['', 'id 4711 not found', 'x'.repeat(500)]) metrics.server.error(text);
  expect(await value(metrics, 'anc_errors_total{code="DATABASE_UNAVAILABLE"}')).toBe(1);
  expect(await value(metrics, 'anc_errors_total{code="INTERNAL"}')).toBe(3);
});

test('disks, pool, jobs, business and Node itself are read at the scrape', async () => {
  const metrics = new SessionMetrics({ instance: 'a' });
  metrics.server.watchDisks({ data: '/', gone: '/no/such/folder' });
  metrics.server.watchDatabase(() => ({ idle: 3, busy: 2, waiting: 1 }));
  metrics.jobs.known(['retention']);
  metrics.jobs.ended('retention', 'failed', 2);
  metrics.jobs.watch(async () => [{ name: 'retention', waiting: 1, running: 2, dead: 3 }]);
  metrics.business.registered('guest');
  metrics.business.watch(async () => null);
  const of = (series: string) => value(metrics, series);
  const free = await of('anc_disk_free_bytes{folder="data",anc_instance="a"}');
  const size = await of('anc_disk_size_bytes{folder="data",anc_instance="a"}');
  expect(free).toBeGreaterThan(0);
  expect(size).toBeGreaterThanOrEqual(free!);
  expect(await of('anc_disk_free_bytes{folder="gone",anc_instance="a"}')).toBeUndefined();
  expect(await of('anc_database_connections{state="waiting",anc_instance="a"}')).toBe(1);
  const jobs = 'anc_jobs_total{name="retention",outcome=';
  expect(await of(`${jobs}"failed",anc_instance="a"}`)).toBe(1);
  expect(await of(`${jobs}"completed",anc_instance="a"}`)).toBe(0);
  expect(await of('anc_jobs{name="retention",state="dead",anc_instance="a"}')).toBe(3);
  expect(await of('anc_registrations_total{kind="guest",anc_instance="a"}')).toBe(1);
  expect(await of('anc_users{anc_instance="a"}')).toBeUndefined();
  expect(await of('process_resident_memory_bytes{anc_instance="a"}')).toBeGreaterThan(1e7);
  expect(await of('nodejs_eventloop_lag_p99_seconds{anc_instance="a"}')).toBeDefined();
});

describe('over HTTP', () => {
  let server: Server | null = null;
  afterEach(() => server?.close());

  async function serve(metrics: SessionMetrics, access: MetricsAccess): Promise<string> {
    const app = express();
    app.use(metrics.http.middleware);
    app.use(metricsRouter(metrics.registry, access));
    const api = express.Router();
    api.get('/sessions/:id', (_request, response) => void response.json({}));
    api.get('/broken', () => {
      throw new AncError('BROKEN', 'broken');
    });
    app.use('/api/v1', api);
    const answer: ErrorRequestHandler = (error: AncError, _request, response, _next) => {
      response.status(error.code === 'METRICS_UNAUTHORIZED' ? 401 : 500).json({ code: error.code });
    };
    app.use(answer);
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => resolve());
    });
    return `127.0.0.1:${(server!.address() as AddressInfo).port}`;
  }

  test('requests are counted by the pattern of their route, whatever the path', async () => {
    const metrics = new SessionMetrics();
    const address = await serve(metrics, { token: null, loopbackOnly: true });
    for (const path of ['sessions/1', 'sessions/2', 'broken', 'no/1', 'no/2'])
      await fetch(`http://${address}/api/v1/${path}`);
    const count = (route: string, status: number) =>
      value(
        metrics,
        `anc_http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`,
      );
    await expect.poll(() => count('unmatched', 404)).toBe(2);
    expect(await count('/sessions/:id', 200)).toBe(2);
    expect(await count('/broken', 500)).toBe(1);
    expect(await value(metrics, 'anc_http_requests_running')).toBe(0);
  });

  test('the token is asked for, in the header alone', async () => {
    const address = await serve(new SessionMetrics(), { token: 'right', loopbackOnly: true });
    const scrape = (headers: Record<string, string>, query = '') =>
      fetch(`http://${address}/metrics${query}`, { headers });
    for (const refused of [
      await scrape({}),
      await scrape({ authorization: 'Bearer wrong' }),
      await scrape({ authorization: 'Basic right' }),
      await scrape({}, '?token=right'),
    ]) {
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ code: 'METRICS_UNAUTHORIZED' });
    }
    const allowed = await scrape({ authorization: 'Bearer right' });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('content-type')).toContain('text/plain');
  });

  test.skipIf(PROMETHEUS_MISSING)('a real Prometheus scrapes it and answers queries', async () => {
    const metrics = new SessionMetrics({ instance: 'a' });
    const address = await serve(metrics, { token: 'right', loopbackOnly: true });
    const latenciesMs = Float32Array.from({ length: 100 }, (_, i) => (i + 1) / 10);
    metrics.live.second(second({ processed: 100, latenciesMs }));
    const prometheus = await TestPrometheus.start(`
global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: anc-platform
    authorization: { credentials: right }
    static_configs: [{ targets: ['${address}'] }]
`);
    try {
      const query = 'histogram_quantile(0.5, anc_latency_seconds_bucket{part="total"})';
      await expect.poll(() => prometheus.query(query), { timeout: 10_000 }).toHaveLength(1);
      const [median] = await prometheus.query(query);
      // 0.1 to 10 ms in equal steps: 5 ms, on a bound of the histogram
      expect(Number(median!.value[1])).toBeCloseTo(0.005, 4);
      expect(median!.metric).toMatchObject({ anc_instance: 'a', job: 'anc-platform' });
      const [chunks] = await prometheus.query('sum(anc_chunks_processed_total)');
      expect(chunks!.value[1]).toBe('100');
      const [up] = await prometheus.query('up{job="anc-platform"}');
      expect(up!.value[1]).toBe('1');
      // it throws at what is no PromQL
      for (const { panels } of Object.values(dashboards))
        for (const { expr } of panels.flatMap(({ queries }) => queries))
          await prometheus.query(expr.replaceAll('$instance', '.*'));
    } finally {
      await prometheus.end();
    }
  });
});
