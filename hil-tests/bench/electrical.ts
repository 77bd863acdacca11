// npm run bench -- electrical [NOISE ...]: electrical cancelling of the recorded noises through a measured path, per engine,
// beside the coherence bound; with noise alone, and with speech that must stay.
import { mkdirSync, writeFileSync } from 'node:fs';
import { DATA_MISSING } from '../../dsp-reference/src/testing.ts';
import { type EngineName, engineNames } from '../../host/cancel/index.ts';
import {
  boundOf,
  inputNoiseDb,
  makeScene,
  noiseDb,
  noiseNames,
  noiseReductionDb,
  readSpeech,
  snrDb,
  type SpeechResult,
  speechResult,
  speechStepOf,
  tapsOf,
} from '../electrical.ts';

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings, speech and measured paths: ${DATA_MISSING}\n`);
  process.exit(1);
}

const pathFile = 'booth/person001_L.json';
/** Alone the noise may be learned fast. Speech is noise to the update: its share grows with the step, µ/(2 − µ). */
const stepAlone = 0.5;

interface EngineResult extends SpeechResult {
  readonly engine: EngineName;
  readonly noiseReductionDb: number;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !noiseNames().includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `No such noise: ${unknown.join(', ')}. There are ${noiseNames().join(', ')}.\n`,
  );
  process.exit(2);
}

const cell = (value: number | null) => (value === null ? '–' : value.toFixed(1)).padStart(8);
const heads = engineNames.map((name) => name.padStart(8)).join('');
process.stdout.write(
  `Electrical cancelling, ${tapsOf('q15')} taps (fdaf ${tapsOf('fdaf')}), 48 kHz, 24-bit I/O. Reference: the recording at ${noiseDb} dBFS RMS, repeated. Primary: the same through the primary path of
${pathFile} at ${noiseDb} dBFS; speech ${snrDb} dB over it. Own noise of each input ${inputNoiseDb} dBFS. dB over the last half of the run (7 s), by RMS.
bound: −10 log10(1 − γ²) of noise and reference, weighted by power. alone: noise over error, µ ${stepAlone}. SNR: improvement with speech, µ ${speechStepOf('q15')} (fdaf ${speechStepOf('fdaf')}).
distortion: error − clean speech, relative to the speech.

                                            alone${' '.repeat(heads.length - 5)}     SNR${' '.repeat(heads.length - 3)}distortion
${'noise'.padEnd(28)}   bound  ${heads}  ${heads}  ${heads}
`,
);

const speech = await readSpeech();
const results = [];
for (const noiseName of wanted.length > 0 ? wanted : noiseNames()) {
  const scene = await makeScene(noiseName, pathFile, speech);
  const boundDb = boundOf(scene);
  const engines: EngineResult[] = [];
  for (const engine of engineNames) {
    const aloneDb = await noiseReductionDb(scene, {
      engine,
      taps: tapsOf(engine),
      stepSize: stepAlone,
    });
    const withSpeech = await speechResult(scene, {
      engine,
      taps: tapsOf(engine),
      stepSize: speechStepOf(engine),
    });
    engines.push({ engine, noiseReductionDb: aloneDb, ...withSpeech });
  }
  results.push({ noise: noiseName, path: scene.pathLabel, boundDb, engines });
  const row = (value: (one: EngineResult) => number) =>
    engines.map((one) => cell(value(one))).join('');
  process.stdout.write(
    `${noiseName.padEnd(28)}${cell(boundDb)}  ${row((r) => r.noiseReductionDb)}  ${row((r) => r.snrImprovementDb)}  ${row((r) => r.distortionDb)}\n`,
  );
}
mkdirSync('reports', { recursive: true });
const setup = {
  taps: tapsOf('q15'),
  tapsFdaf: tapsOf('fdaf'),
  stepAlone,
  stepSpeech: speechStepOf('q15'),
  stepSpeechFdaf: speechStepOf('fdaf'),
  noiseDb,
  snrDb,
  inputNoiseDb,
  sampleRateHz: 48000,
  ioBits: 24,
};
writeFileSync('reports/electrical.json', `${JSON.stringify({ setup, results }, null, 2)}\n`);
