// npm run bench -- guards [--seconds S] [noises|events ...]: what the guards do on recordings, where there is nothing to guard against:
// howls, wind and divergences reported, and how often learning rested for a sudden sound.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { DATA_MISSING, dataFile } from '../../dsp-reference/src/testing.ts';
import { recordedRun } from '../recorded-run.ts';

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings: ${DATA_MISSING}\n`);
  process.exit(1);
}

const args = process.argv.slice(2);
const at = args.indexOf('--seconds');
const seconds = at < 0 ? 10 : Number(args[at + 1]);
const folders = args.filter((arg) => arg === 'noises' || arg === 'events');
const ears = ['builtin', dataFile('paths/booth/person012_L.json')];

const files = (folders.length > 0 ? folders : ['noises', 'events']).flatMap((folder) =>
  readdirSync(dataFile(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wav'))
    .sort()
    .map((name) => `${folder}/${name}`),
);

const watched = ['howling', 'howlingPersists', 'windStarted', 'divergence', 'rollback'];
const totals = new Map(watched.map((code) => [code, 0]));
const rows = [];
let impulses = 0;
for (const file of files) {
  for (const ear of ears) {
    const run = await recordedRun([
      `--noise=${dataFile(file)}`,
      `--paths=${ear}`,
      `--seconds=${seconds}`,
    ]);
    const found = run.log.filter(({ code }) => totals.has(code));
    for (const { code } of found) totals.set(code, totals.get(code)! + 1);
    // the first sound after silence is one
    impulses += Math.max(0, run.impulses - 1);
    rows.push({ file, ear, impulses: run.impulses, found });
    if (found.length === 0) continue;
    const list = found.map(({ ms, code, value }) => `${code} ${value} at ${ms} ms`);
    process.stdout.write(`${file}, ${ear.split('/').at(-1)}: ${list.join(', ')}\n`);
  }
}
const runs = files.length * ears.length;
process.stdout.write(
  `${runs} runs of ${seconds} s: ${[...totals].map(([code, n]) => `${code} ${n}`).join(', ')}, impulses ${impulses}\n`,
);
mkdirSync('reports', { recursive: true });
writeFileSync(
  'reports/guards.json',
  JSON.stringify({ seconds, totals: Object.fromEntries(totals), impulses, rows }, null, 1),
);
