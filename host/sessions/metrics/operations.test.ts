import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jobDefinitions } from '../jobs/index.ts';
import { allMetrics, metricsDocument } from './metrics-table.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const operations = read('docs/operations.md');

test('docs/metrics.md is the table of the registry', () => {
  expect(read('docs/metrics.md')).toBe(metricsDocument());
});

test('docs/operations.md names metrics that there are', () => {
  const known = allMetrics().map(({ name }) => name);
  const named = [...operations.matchAll(/`(anc_\w+)`/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('docs/operations.md has every alert, and no other', () => {
  const alerts = [...read('deploy/prometheus/alerts.yml').matchAll(/- alert: (\w+)/g)];
  const section = operations.slice(operations.indexOf('## Alerts'), operations.indexOf('## Logs'));
  const rows = [...section.matchAll(/^\| `(\w+)`/gm)];
  expect(rows.map(([, name]) => name)).toEqual(alerts.map(([, name]) => name));
});

test('docs/operations.md has every job with its tries', () => {
  const section = operations.slice(
    operations.indexOf('## Jobs'),
    operations.indexOf('## Retention'),
  );
  const rows = [...section.matchAll(/^\| `([\w-]+)` *\| [^|]+ \| (\d+) /gm)];
  expect(rows.map(([, kind, tries]) => [kind, Number(tries)])).toEqual(
    jobDefinitions.map(({ kind, retryLimit }) => [kind, retryLimit + 1]),
  );
});
