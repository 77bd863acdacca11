// Writes the dashboards and the table of metrics; with --check it only says what has drifted, status 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dashboards, grafanaJson } from './dashboards/index.ts';
import { metricsDocument } from './metrics-table.ts';

const outputs: [file: string, text: string][] = [
  ...Object.entries(dashboards).map(
    ([name, dashboard]) =>
      [`deploy/grafana/${name}.json`, grafanaJson(dashboard)] as [string, string],
  ),
  ['docs/metrics.md', metricsDocument()],
];

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

const check = process.argv.includes('--check');
let drifted = 0;
for (const [file, text] of outputs) {
  const path = join(process.cwd(), file);
  if (read(path) === text) continue;
  drifted += 1;
  process.stdout.write(`${check ? 'drifted' : 'written'}: ${file}\n`);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
process.exitCode = check && drifted > 0 ? 1 : 0;
