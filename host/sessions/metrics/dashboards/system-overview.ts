import type { Dashboard } from './dashboard.ts';

const http = 'anc_http_request_duration_seconds';

export const systemOverview: Dashboard = {
  uid: 'anc-system-overview',
  title: 'ANC Platform: system overview',
  description: 'Whether the session servers are up, what they are asked for and what they need.',
  panels: [
    {
      title: 'Servers up',
      description: 'Instances that Prometheus reaches.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'sum(up{job="anc-platform"})', legend: 'up' }],
    },
    {
      title: 'Live sessions',
      description: 'On all instances together.',
      kind: 'stat',
      unit: 'none',
      width: 6,
      queries: [{ expr: 'sum(anc_sessions_active{instance=~"$instance"})', legend: 'sessions' }],
    },
    {
      title: 'Requests failing',
      description: 'Share of HTTP requests that were answered with 5xx in five minutes.',
      kind: 'stat',
      unit: 'percentunit',
      width: 6,
      queries: [
        {
          expr: `(sum(rate(${http}_count{instance=~"$instance",status=~"5.."}[5m])) or vector(0)) / sum(rate(${http}_count{instance=~"$instance"}[5m]))`,
          legend: '5xx',
        },
      ],
    },
    {
      title: 'Disk free, least',
      description: 'Share of the fullest disk under data, recordings and logs.',
      kind: 'stat',
      unit: 'percentunit',
      width: 6,
      queries: [
        {
          expr: 'min(anc_disk_free_bytes{instance=~"$instance"} / anc_disk_size_bytes{instance=~"$instance"})',
          legend: 'free',
        },
      ],
    },
    {
      title: 'Live sessions by instance',
      description: 'A session stays on its instance.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      stacked: true,
      queries: [{ expr: 'anc_sessions_active{instance=~"$instance"}', legend: '{{instance}}' }],
    },
    {
      title: 'Request rate',
      description: 'HTTP requests a second by status.',
      kind: 'timeseries',
      unit: 'reqps',
      min: 0,
      queries: [
        {
          expr: `sum by (status) (rate(${http}_count{instance=~"$instance"}[5m]))`,
          legend: '{{status}}',
        },
      ],
    },
    {
      title: 'Request duration, p95',
      description: '95th percentile by route over five minutes.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (le, route) (rate(${http}_bucket{instance=~"$instance"}[5m])))`,
          legend: '{{route}}',
        },
      ],
    },
    {
      title: 'Errors',
      description: 'Errors of the server a second by code; refusals of bad input are none.',
      kind: 'timeseries',
      unit: 'cps',
      min: 0,
      queries: [
        {
          expr: 'sum by (code) (rate(anc_errors_total{instance=~"$instance"}[5m]))',
          legend: '{{code}}',
        },
      ],
    },
    {
      title: 'CPU',
      description: 'Cores that the process uses, all of its threads together.',
      kind: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expr: 'rate(process_cpu_seconds_total{instance=~"$instance"}[1m])',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Memory',
      description: 'Resident memory and the heap that JavaScript uses.',
      kind: 'timeseries',
      unit: 'bytes',
      min: 0,
      queries: [
        {
          expr: 'process_resident_memory_bytes{instance=~"$instance"}',
          legend: '{{instance}} resident',
        },
        {
          expr: 'nodejs_heap_size_used_bytes{instance=~"$instance"}',
          legend: '{{instance}} heap',
        },
      ],
    },
    {
      title: 'Event-loop delay, p99',
      description: 'How late the sockets’ thread comes to what waits for it.',
      kind: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expr: 'nodejs_eventloop_lag_p99_seconds{instance=~"$instance"}',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Database connections',
      description: 'Of the pool, by state; waiting: who wants one and has none.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      queries: [
        {
          expr: 'sum by (state) (anc_database_connections{instance=~"$instance"})',
          legend: '{{state}}',
        },
      ],
    },
    {
      title: 'Background jobs',
      description: 'In the queue; dead: failed for good. Every instance reports the same queue.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      queries: [{ expr: 'max by (name, state) (anc_jobs)', legend: '{{name}} {{state}}' }],
    },
    {
      title: 'Runs of background jobs',
      description: 'By outcome, in an hour.',
      kind: 'timeseries',
      unit: 'none',
      min: 0,
      queries: [
        {
          expr: 'sum by (name, outcome) (increase(anc_jobs_total{instance=~"$instance"}[1h]))',
          legend: '{{name}} {{outcome}}',
        },
      ],
    },
  ],
};
