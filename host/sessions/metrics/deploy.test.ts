import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROMETHEUS_MISSING } from '../testing/prometheus.ts';
import { dashboards, grafanaJson } from './dashboards/index.ts';
import { allMetrics } from './metrics-table.ts';

const folder = join(import.meta.dirname, '../../../deploy');
const metrics = allMetrics();

/** Names of series: a histogram has three. `up` is Prometheus' own. */
const series = new Map<string, readonly string[]>([['up', ['job']]]);
for (const { name, type, labels } of metrics) {
  if (type !== 'histogram') series.set(name, labels);
  else for (const end of ['_bucket', '_sum', '_count']) series.set(name + end, [...labels, 'le']);
}
/** Put on every series by the server and by the scrape. */
const everywhere = ['instance', 'job', 'anc_instance'];

/** What of an expression does not exist: names of series, and labels in braces behind them. */
function unknownIn(expr: string): string[] {
  const names = expr.matchAll(/\b(up|(?:anc|nodejs|process)_\w+)\b(?:\{([^}]*)\})?/g);
  return [...names].flatMap(([, name, labels = '']) => {
    const known = series.get(name!);
    if (!known) return [name!];
    const used = [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    return used
      .filter((label) => !known.includes(label) && !everywhere.includes(label))
      .map((label) => `${name}{${label}}`);
  });
}

/** Labels that an expression groups by, and those of a legend. */
function labelsOf(expr: string, legend: string): string[] {
  const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)];
  return [
    ...grouped.flatMap(([, list]) => list!.split(',').map((label) => label.trim())),
    ...[...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
  ];
}

const labelNames = new Set([...everywhere, 'le', ...metrics.flatMap(({ labels }) => labels)]);

test('what does not exist is found', () => {
  expect(unknownIn('rate(anc_latency_seconds_bucket{part="total"}[5m])')).toEqual([]);
  expect(unknownIn('anc_latency_seconds{part="total"} + anc_gone_total')).toEqual([
    'anc_latency_seconds',
    'anc_gone_total',
  ]);
  expect(unknownIn('anc_dropped_chunks_total{why="x",instance="a"}')).toEqual([
    'anc_dropped_chunks_total{why}',
  ]);
});

describe.each(Object.entries(dashboards))('the dashboard %s', (name, dashboard) => {
  const queries = dashboard.panels.flatMap(({ queries }) => queries);

  test('asks for metrics and labels that there are', () => {
    expect(queries.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    const labels = queries.flatMap(({ expr, legend }) => labelsOf(expr, legend));
    expect(labels.filter((label) => !labelNames.has(label))).toEqual([]);
  });

  test('is the one in deploy/', () => {
    const file = join(folder, 'grafana', `${name}.json`);
    expect(readFileSync(file, 'utf8')).toBe(grafanaJson(dashboard));
  });

  test('says of every decibel its band and method', () => {
    for (const { unit, description } of dashboard.panels)
      if (unit === 'dB') expect(description).toMatch(/full band, mean square/);
  });
});

test('every metric of ours is on a dashboard or in an alert, or is left out for a reason', () => {
  const alerts = readFileSync(join(folder, 'prometheus', 'alerts.yml'), 'utf8');
  const shown = JSON.stringify(dashboards) + alerts;
  const missing = metrics
    .filter(({ name }) => name.startsWith('anc_') && !shown.includes(name))
    .map(({ name }) => name);
  // beside the histogram of all requests, and for looking into one kind of job
  expect(missing).toEqual(['anc_http_requests_running', 'anc_job_duration_seconds']);
});

describe.skipIf(PROMETHEUS_MISSING)('promtool', () => {
  function promtool(...args: string[]): string {
    const cwd = join(folder, 'prometheus');
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd, encoding: 'utf8' });
    return status === 0 ? 'valid' : stdout + stderr;
  }

  test('takes the configuration and the rules', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toBe('valid');
  });

  test('sees each alert fire when it should, and not before', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toBe('valid');
    const alerts = readFileSync(join(folder, 'prometheus', 'alerts.yml'), 'utf8');
    const tests = readFileSync(join(folder, 'prometheus', 'alerts.test.yml'), 'utf8');
    for (const [, name] of alerts.matchAll(/- alert: (\w+)/g))
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts`));
  });

  test('asks in the alerts for metrics and labels that there are', () => {
    const alerts = readFileSync(join(folder, 'prometheus', 'alerts.yml'), 'utf8');
    const expressions = [...alerts.matchAll(/expr:([\s\S]*?)\n {8}(?:for|labels):/g)];
    expect(expressions).toHaveLength(9);
    expect(expressions.flatMap(([, expr]) => unknownIn(expr!))).toEqual([]);
  });
});
