// npm run bench -- noise-kinds: what the classifier of live sessions says of recordings, seconds by kind.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { DATA_MISSING, dataFile } from '../../../dsp-reference/src/testing.ts';
import { noiseKinds } from '../protocol/index.ts';
import { classifyRecording } from '../testing/classify-recording.ts';

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings: ${DATA_MISSING}\n`);
  process.exit(1);
}

const wavsOf = (folder: string) =>
  readdirSync(dataFile(folder))
    .filter((name) => name.endsWith('.wav'))
    .map((name) => `${folder}/${name}`);
const groups: [string, string[]][] = [
  ['speech', wavsOf('speech')],
  ['noises', wavsOf('noises')],
  ...readdirSync(dataFile('events')).map((name): [string, string[]] => [
    name,
    wavsOf(`events/${name}`),
  ]),
];
const table: Record<string, Record<string, number>> = {};
process.stdout.write(
  `${'label'.padEnd(20)}${noiseKinds.map((kind) => kind.padStart(11)).join('')}\n`,
);
for (const [name, files] of groups) {
  const counts: Record<string, number> = Object.fromEntries(noiseKinds.map((kind) => [kind, 0]));
  for (const file of files)
    for (const { kind } of await classifyRecording(dataFile(file))) counts[kind]! += 1;
  table[name] = counts;
  const cells = noiseKinds.map((kind) => String(counts[kind]).padStart(11)).join('');
  process.stdout.write(`${name.padEnd(20)}${cells}\n`);
}
mkdirSync('reports', { recursive: true });
writeFileSync('reports/noise-kinds.json', `${JSON.stringify(table, null, 2)}\n`);
