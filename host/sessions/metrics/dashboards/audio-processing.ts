import type { Dashboard, Query } from './dashboard.ts';

const bucket = 'anc_latency_seconds_bucket{instance=~"$instance"';

const quantile = (share: number, part: string): Query => ({
  expr: `histogram_quantile(${share}, sum by (le) (rate(${bucket},part="${part}"}[5m])))`,
  legend: `p${100 * share}`,
});

const quantiles = (part: string) => [0.5, 0.95, 0.99].map((share) => quantile(share, part));

export const audioProcessing: Dashboard = {
  uid: 'anc-audio-processing',
  title: 'ANC Platform: audio processing',
  description: 'What the live sessions’ chunks go through.',
  panels: [
    {
      title: 'Latency, mean',
      description: 'What the server adds, receiving to sending, over five minutes.',
      kind: 'stat',
      unit: 's',
      width: 6,
      queries: [
        {
          expr: 'sum(rate(anc_latency_seconds_sum{instance=~"$instance",part="total"}[5m])) / sum(rate(anc_latency_seconds_count{instance=~"$instance",part="total"}[5m]))',
          legend: 'mean',
        },
      ],
    },
    {
      title: 'Latency, p99',
      description: 'What the server adds, receiving to sending, over five minutes.',
      kind: 'stat',
      unit: 's',
      width: 6,
      queries: [quantile(0.99, 'total')],
    },
    {
      title: 'Cancellation, mean',
      description:
        'Input over output of the last second, full band, mean square, mean of the instances’ means; positive is less.',
      kind: 'stat',
      unit: 'dB',
      width: 6,
      queries: [{ expr: 'avg(anc_cancellation_db{instance=~"$instance"})', legend: 'mean' }],
    },
    {
      title: 'Chunks dropped',
      description: 'Share of the chunks that came in five minutes.',
      kind: 'stat',
      unit: 'percentunit',
      width: 6,
      queries: [
        {
          expr: 'sum(rate(anc_dropped_chunks_total{instance=~"$instance"}[5m])) / (sum(rate(anc_chunks_processed_total{instance=~"$instance"}[5m])) + sum(rate(anc_dropped_chunks_total{instance=~"$instance"}[5m])))',
          legend: 'dropped',
        },
      ],
    },
    {
      title: 'Latency in total',
      description: 'Receiving to sending; percentiles by buckets of the histogram.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: quantiles('total'),
    },
    {
      title: 'Waiting for a worker',
      description: 'The part of the latency before the filter.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: quantiles('queue'),
    },
    {
      title: 'Filter',
      description: 'The part of the latency in a worker thread.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: quantiles('filter'),
    },
    {
      title: 'Cancellation',
      description:
        'Input over output of the last second, full band, mean square, dB: least, mean and most of the live sessions. Speech that stays counts against it.',
      kind: 'timeseries',
      unit: 'dB',
      queries: [
        { expr: 'min(anc_cancellation_min_db{instance=~"$instance"})', legend: 'least' },
        { expr: 'avg(anc_cancellation_db{instance=~"$instance"})', legend: 'mean' },
        { expr: 'max(anc_cancellation_max_db{instance=~"$instance"})', legend: 'most' },
      ],
    },
    {
      title: 'Chunks processed',
      description: 'A second; a session in real time has 93.75.',
      kind: 'timeseries',
      unit: 'cps',
      min: 0,
      queries: [
        {
          expr: 'sum by (instance) (rate(anc_chunks_processed_total{instance=~"$instance"}[1m]))',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Chunks dropped and filled',
      description: 'A second, by reason; filled: silence in place of what did not come in time.',
      kind: 'timeseries',
      unit: 'cps',
      min: 0,
      queries: [
        {
          expr: 'sum by (reason) (rate(anc_dropped_chunks_total{instance=~"$instance"}[1m]))',
          legend: 'dropped, {{reason}}',
        },
        {
          expr: 'sum(rate(anc_filled_chunks_total{instance=~"$instance"}[1m]))',
          legend: 'filled',
        },
      ],
    },
    {
      title: 'Load of the workers',
      description: 'Share of the time in which a worker thread computed.',
      kind: 'timeseries',
      unit: 'percentunit',
      min: 0,
      width: 24,
      queries: [
        { expr: 'anc_worker_load{instance=~"$instance"}', legend: '{{instance}} {{worker}}' },
      ],
    },
  ],
};
