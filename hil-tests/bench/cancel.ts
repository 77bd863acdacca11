// npm run bench -- cancel [--all] [--latency N] [NAME=VALUE ...]: attenuation at measured ears beside the bound. --all takes every path and
// every noise of the data; NAME=VALUE sets a parameter.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { DATA_MISSING, dataFile } from '../../dsp-reference/src/testing.ts';
import {
  type Cancellation,
  type Case,
  isStable,
  boundForRecording,
  measureCancellation,
  pathIdOf,
} from '../cancellation.ts';
import type { WienerBound } from '@anc/dsp-reference';

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings and measured paths: ${DATA_MISSING}\n`);
  process.exit(1);
}

const args = process.argv.slice(2);
const settings = args.filter((arg) => arg.includes('='));
const at = args.indexOf('--latency');
const latencySamples = at < 0 ? 5 : Number(args[at + 1]);
const isAll = args.includes('--all');

const someEars = [
  'dummy/az090.json#ear=L',
  'dummy/az090.json#ear=R',
  ...[
    'person001_L',
    'person002_R',
    'person008_R',
    'person011_R',
    'person012_L',
    'person012_R',
    'person019_L',
    'person022_L',
  ].map((id) => `booth/${id}.json`),
];

function files(folder: string, ending: string): string[] {
  return readdirSync(dataFile(folder))
    .filter((name) => name.endsWith(ending))
    .sort();
}

function allEars(): string[] {
  const dummy = files('paths/dummy', '.json').filter((name) => name.startsWith('az'));
  return [
    ...dummy.flatMap((name) => [`dummy/${name}#ear=L`, `dummy/${name}#ear=R`]),
    ...files('paths/booth', '.json').map((name) => `booth/${name}`),
  ];
}

const ears = isAll ? allEars() : someEars;
const recordings = isAll
  ? files('noises', '.wav').map((name) => name.replace('.wav', ''))
  : ['train_inside_buenos_aires', 'helicopter_cabin_flight'];
const seconds = isAll ? 15 : 60;
const cases: Case[] = ears.flatMap((ear) =>
  recordings.map((recording) => ({ ear, recording, latencySamples, seconds, settings })),
);

const results: (Cancellation & { readonly recordingBound: WienerBound | null })[] = [];
const queue = [...cases];
async function work(): Promise<void> {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const recordingBound = isAll ? null : await boundForRecording(next);
    results.push({ ...(await measureCancellation(next)), recordingBound });
    process.stderr.write(`\r${results.length} of ${cases.length}`);
  }
}
await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, work));
process.stderr.write('\n');
results.sort(
  (a, b) =>
    cases.findIndex((c) => c.ear === a.ear && c.recording === a.recording) -
    cases.findIndex((c) => c.ear === b.ear && c.recording === b.recording),
);

const cell = (value: number | undefined) =>
  (value === undefined ? '–' : value.toFixed(1)).padStart(7);
const octaves = [63, 125, 250, 500, 1000];

function row(name: string, values: readonly (number | undefined)[], rest: string): string {
  return `${name.padEnd(44)}${values.map(cell).join('')}   ${rest}\n`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

process.stdout.write(
  `Attenuation at the error microphone, dB, positive is quieter. Plant: measured paths of in-ear headsets, exact model of the secondary
path, loop latency ${latencySamples} samples at 48 kHz, microphone noise -90 dBFS. Noise: recordings at -23 dBFS. Method: the firmware's core in
anc-virtual, ${settings.length > 0 ? settings.join(' ') : 'default settings'}, ${seconds} s; Welch over the last ${Math.min(20, seconds / 3).toFixed(0)} s, error-off against error-on.
Bounds: causal 1024-tap Wiener filters on the same path, for ten seconds of the recording and (bounds.json) for 1/f^1.3 noise. They are the best in
the mean square: another filter may be better in one band and worse in another.

${row('', [...octaves], '50-1000 Hz').replace(/\.0/g, '  ')}`,
);
for (const result of results) {
  const values = octaves.map(
    (hz) => result.octaves.find(({ centreHz }) => centreHz === hz)?.attenuationDb,
  );
  const stable = isStable(result) ? 'stable' : `NOT STABLE, ${result.rollbacks} roll-backs`;
  process.stdout.write(
    row(
      `${pathIdOf(result.ear)}  ${result.recording}`.slice(0, 43),
      values,
      `${cell(result.band50To1000Db)}   ${stable}`,
    ),
  );
  const { bound, recordingBound } = result;
  const bounds = [
    { name: '  bound for this recording', of: recordingBound },
    {
      name: '  bound for 1/f^1.3 noise',
      of: result.recording === recordings.at(-1) ? bound : null,
    },
  ];
  for (const { name, of } of isAll ? [] : bounds) {
    if (!of) continue;
    const atBest = octaves.map(
      (hz) => of.octaves.find(({ centreHz }) => centreHz === hz)?.attenuationDb,
    );
    process.stdout.write(row(name, atBest, cell(of.band50To1000Db)));
  }
}
const broad = results.map(({ band50To1000Db }) => band50To1000Db);
const worst = results.reduce((a, b) => (a.band50To1000Db < b.band50To1000Db ? a : b));
const unstable = results.filter((result) => !isStable(result));
const gaps = results.flatMap(({ band50To1000Db, recordingBound }) =>
  recordingBound ? [recordingBound.band50To1000Db - band50To1000Db] : [],
);
if (gaps.length > 0)
  process.stdout.write(
    `\nBelow the bound for the recording, 50-1000 Hz: median ${median(gaps).toFixed(1)} dB, worst ${Math.max(...gaps).toFixed(1)} dB.`,
  );
process.stdout.write(
  `\n50-1000 Hz: median ${median(broad).toFixed(1)} dB, best ${Math.max(...broad).toFixed(1)} dB, worst ${worst.band50To1000Db.toFixed(1)} dB (${pathIdOf(worst.ear)}, ${worst.recording}). ${results.length - unstable.length} of ${results.length} stable.\n`,
);
mkdirSync('reports', { recursive: true });
writeFileSync('reports/cancel.json', `${JSON.stringify(results, null, 2)}\n`);
