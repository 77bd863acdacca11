// npm run bench -- tune [--ears N] [--seed N] [--speed X]: `anc tune --yes` from factory state at measured ears, loose ones among them: how far the
// identified path is from the measured one, whether the loose fit is recognised, what was stored, and how near the bound it comes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { DATA_MISSING } from '../../dsp-reference/src/testing.ts';
import { earsFor, tuneEar, type TunedResult } from '../tune.ts';

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings and measured paths: ${DATA_MISSING}\n`);
  process.exit(1);
}

const seed = option('seed', 1);
const ears = earsFor(seed, option('ears', 12));
const speed = option('speed', 4);
const results: TunedResult[] = [];
for (const ear of ears) {
  results.push(await tuneEar(ear, { speed, turnSeconds: 10 }));
  process.stderr.write(`\r${results.length} of ${ears.length}`);
}
process.stderr.write('\n');

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

const tuned = results.filter(({ refused }) => refused === null);
const centresHz = tuned[0]?.octaves.map(({ centreHz }) => centreHz) ?? [];
const gapsOf = ({ octaves }: TunedResult) => octaves.map((o) => o.boundDb - o.attenuationDb);
const rows = results.map((r) => {
  const { ear, recording, refused, measuredFit, saidFit, erleDb, misalignmentDb, isStored } = r;
  const figures = refused
    ? [refused, '', '', '', '', ...centresHz.map(() => '')]
    : [
        saidFit,
        erleDb.toFixed(1),
        misalignmentDb.toFixed(1),
        isStored ? 'yes' : 'NO',
        ...r.octaves.map(({ attenuationDb }, i) => {
          return `${attenuationDb.toFixed(1)} (${gapsOf(r)[i]!.toFixed(1)})`;
        }),
      ];
  const name = ear.replace(/^booth\/|\.json$/g, '');
  return `| ${[name, recording, measuredFit, ...figures].join(' | ')} |`;
});
const marks = ([0.5, 0.95] as const).map((share) => {
  const cells = centresHz.map((_, i) =>
    quantile(
      tuned.map((r) => gapsOf(r)[i]!),
      share,
    ).toFixed(1),
  );
  return `| ${share === 0.5 ? 'median' : '95 %'} | ${cells.join(' | ')} |`;
});
process.stdout
  .write(`\`anc tune --yes\` from factory state without a model; ${ears.length} ears of the booth by seed ${seed}, loop latency 5 samples, recordings at −23 dBFS, microphone noise −90 dBFS.
Attenuation in the last turn of 10 s, error-off against error-on as the plant recorded them, and in brackets how much less than the causal 1024-tap bound for
those seconds on the measured path, same constraint and limiter; dB. Misalignment is to the measured path.

| ear | recording | fit | said | ERLE | misalignment | stored |${centresHz.map((hz) => ` ${hz} Hz |`).join('')}
| ${Array.from({ length: 7 + centresHz.length }, () => '---').join(' | ')} |
${rows.join('\n')}

Gap to the bound, dB, over ${tuned.length} tuned ears:

| | ${centresHz.map((hz) => `${hz} Hz`).join(' | ')} |
| ${['', ...centresHz].map(() => '---').join(' | ')} |
${marks.join('\n')}
`);
mkdirSync('reports', { recursive: true });
writeFileSync('reports/tune.json', `${JSON.stringify(results, null, 2)}\n`);
