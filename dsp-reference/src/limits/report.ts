/** The limits of a headset in one sentence, as text with bars for a terminal, as SVG and as one self-contained page. */
import { type Chart, chartFile, escapeHtml } from '../simulate/chart.ts';
import { factsHtml, figureHtml, pageHtml, tableHtml } from '../simulate/page.ts';
import { type BandLimits, type Limits, limitingCause } from './limits.ts';

/** What the figures depend on. */
export interface LimitsSetup {
  readonly paths: string;
  readonly noise: string;
  readonly sampleRateHz: number;
  readonly latencySamples: number;
  readonly taps: number;
  readonly levelDb: number;
  readonly micNoiseDb: number;
  readonly outputLimitDb: number;
}

const METHOD =
  'attenuation at the error microphone, dB, positive is quieter; least squares with an exact secondary path, Welch, Hann windows of up to 16384 samples';

/** Rounding alone makes no −0.0. */
const number = (v: number | null): string =>
  v === null ? '–' : v.toFixed(1).replace(/^-(0\.0)$/, '$1');

function milliseconds(samples: number, { sampleRateHz }: LimitsSetup): string {
  return `${((1000 * samples) / sampleRateHz).toFixed(2)} ms`;
}

/** What keeps this headset from more, with the band and the figure. */
export function limitSentence(limits: Limits, setup: LimitsSetup): string {
  const { band50To1000, octaves, causes, outputPeak } = limits;
  const cause = limitingCause(limits);
  const now = band50To1000.withinDriveDb;
  if (!cause) {
    const [best] = causes;
    const rest =
      best && best.octaveGainDb >= 0.5
        ? `; of what can be changed, ${best.name} would bring most, ${number(best.octaveGainDb)} dB in the octave at ${best.octaveHz} Hz`
        : '; nothing that can be changed would bring half a dB';
    return `The acoustics limit it: the coherence would allow ${number(band50To1000.coherenceDb)} dB from 50 to 1000 Hz, but the paths leave a causal filter ${number(now)} dB${rest}.`;
  }
  const outputDb = 20 * Math.log10(outputPeak) - setup.outputLimitDb;
  const words = {
    latency: `Latency limits it: without its ${setup.latencySamples} samples (${milliseconds(setup.latencySamples, setup)})`,
    'microphone noise': `Coherence limits it: without the microphones’ noise of ${setup.micNoiseDb} dBFS`,
    'low-frequency gain':
      'The loudspeaker’s low-frequency gain limits it: as loud below 250 Hz as above',
    'driver headroom': `Driver headroom limits it: with ${number(outputDb)} dB more output than ${setup.outputLimitDb} dBFS`,
  };
  const octave = octaves.find(({ centreHz }) => centreHz === cause.octaveHz);
  const gain = cause.gainDb >= 0.5 ? `, and from 50 to 1000 Hz ${number(cause.gainDb)} dB` : '';
  return `${words[cause.name]} it would gain ${number(cause.octaveGainDb)} dB in the octave at ${cause.octaveHz} Hz, ${number(cause.octaveWithoutDb)} instead of ${number(octave?.withinDriveDb ?? null)} dB${gain}.`;
}

function isDriveLimited({ octaves, band50To1000 }: Limits): boolean {
  return [band50To1000, ...octaves].some((b) => b.withinDriveDb !== b.attenuationDb);
}

function facts(limits: Limits, setup: LimitsSetup): [name: string, value: string][] {
  const late = limits.latenessSamples;
  const peakDb = 20 * Math.log10(limits.outputPeak);
  return [
    ['plant', setup.paths],
    ['noise', `${setup.noise}, ${setup.levelDb} dBFS RMS`],
    [
      'latency',
      `${setup.latencySamples} samples (${milliseconds(setup.latencySamples, setup)}); at the ear the anti-noise is ${late > 0 ? `${late} samples (${milliseconds(late, setup)}) late` : 'in time'}`,
    ],
    ['microphone noise', `${setup.micNoiseDb} dBFS RMS each`],
    ['filter', `causal, feed-forward, ${setup.taps} taps`],
    ['output', `peak ${number(peakDb)} dBFS, there are ${setup.outputLimitDb} dBFS`],
    ['method', METHOD],
  ];
}

interface Column {
  readonly head: string;
  readonly legend: string;
  readonly dashed?: boolean;
  readonly value: (band: BandLimits) => number | null;
}

/** The filter within the drive is a column of its own only where it differs. */
function columnsOf(limits: Limits): Column[] {
  const within: Column = {
    head: 'drive',
    legend: 'causal bound within the drive',
    value: (b) => b.withinDriveDb,
  };
  return [
    { head: 'passive', legend: 'passive', value: (b) => b.passiveDb },
    { head: 'bound', legend: 'causal bound', value: (b) => b.attenuationDb },
    { head: 'coherence', legend: 'coherence bound', dashed: true, value: (b) => b.coherenceDb },
    { head: 'lateness', legend: 'lateness alone', dashed: true, value: (b) => b.latenessDb },
    ...(isDriveLimited(limits) ? [within] : []),
  ];
}

const LEGEND = [
  'passive: outer over inner microphone. bound: causal Wiener filter. coherence: what the reference microphone hears of the',
  'sound at the ear, its own noise included, causal or not. lateness: best prediction of that sound over the time that the',
  'anti-noise is late, if paths had no shape (those that spread sound in time can do better in a band); – where it is in time.',
];
const DRIVE_LEGEND = 'drive: the causal filter that this output is enough for.';

/** One column is two dB. */
const BAR_LOW_DB = -20;
const BAR_HIGH_DB = 60;
const BAR_STEP_DB = 2;
const BAR_COLUMNS = (BAR_HIGH_DB - BAR_LOW_DB) / BAR_STEP_DB + 1;

/** From zero to what is reached, C and L where the bounds lie; what is off the scale is at its end. */
function bar(band: BandLimits): string {
  const at = (v: number) =>
    Math.min(BAR_COLUMNS - 1, Math.max(0, Math.round((v - BAR_LOW_DB) / BAR_STEP_DB)));
  const cells = new Array<string>(BAR_COLUMNS).fill(' ');
  cells[at(0)] = '|';
  const { withinDriveDb, coherenceDb, latenessDb } = band;
  if (withinDriveDb !== null) {
    const [from, to] = [at(0), at(withinDriveDb)];
    for (let i = Math.min(from, to); i <= Math.max(from, to); i++)
      if (i !== from) cells[i] = to > from ? '█' : '▒';
  }
  if (coherenceDb !== null) cells[at(coherenceDb)] = 'C';
  if (latenessDb !== null) cells[at(latenessDb)] = 'L';
  return cells.join('').trimEnd();
}

function barScale(): string {
  const cells = new Array<string>(BAR_COLUMNS + 4).fill(' ');
  for (let db = BAR_LOW_DB; db <= BAR_HIGH_DB; db += 20) {
    const text = String(db);
    const at = (db - BAR_LOW_DB) / BAR_STEP_DB;
    for (let i = 0; i < text.length; i++) cells[at + i] = text[i]!;
  }
  return cells.join('').trimEnd();
}

/** For a terminal: what it depends on, octaves, third octaves with bars, the sentence. */
export function limitsText(limits: Limits, setup: LimitsSetup): string {
  const pairs = facts(limits, setup);
  const width = Math.max(...pairs.map(([name]) => name.length));
  const columns = columnsOf(limits);
  const row = (name: string, cells: readonly string[]) =>
    name.padStart(8) + cells.map((cell) => cell.padStart(11)).join('');
  const values = (band: BandLimits) => columns.map(({ value }) => number(value(band)));
  const head = columns.map((c) => c.head);
  return [
    ...pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    '',
    row('octave', head),
    ...limits.octaves.map((b) => row(`${b.centreHz} Hz`, values(b))),
    row('50-1000', values(limits.band50To1000)),
    '',
    `${row('third', head)}   ${barScale()}`,
    ...limits.thirdOctaves.map((b) => `${row(`${b.centreHz} Hz`, values(b))}   ${bar(b)}`),
    '',
    ...LEGEND,
    ...(isDriveLimited(limits) ? [DRIVE_LEGEND] : []),
    '',
    limitSentence(limits, setup),
  ].join('\n');
}

const FREQUENCIES = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

function chartOf(limits: Limits, { paths, noise, latencySamples }: LimitsSetup): Chart {
  return {
    title: `What ${paths} can reach on ${noise}, latency ${latencySamples} samples`,
    xLabel: 'third octave, frequency in Hz',
    yLabel: 'attenuation in dB',
    xTicks: FREQUENCIES,
    logarithmic: true,
    series: columnsOf(limits).map(({ legend, dashed = false, value }) => ({
      name: legend,
      dashed,
      points: limits.thirdOctaves.map((b) => [b.centreHz, value(b)] as const),
    })),
  };
}

export function limitsSvg(limits: Limits, setup: LimitsSetup): string {
  return chartFile(chartOf(limits, setup));
}

export function limitsHtml(limits: Limits, setup: LimitsSetup): string {
  const columns = columnsOf(limits);
  const head = ['Hz', ...columns.map((c) => `${c.head} dB`)];
  const table = (bands: readonly BandLimits[]) =>
    tableHtml(
      head,
      bands.map((b) => [String(b.centreHz), ...columns.map((c) => number(c.value(b)))]),
    );
  return pageHtml(`Limits: ${setup.noise} on ${setup.paths}`, [
    `<p><strong>${escapeHtml(limitSentence(limits, setup))}</strong></p>`,
    figureHtml(chartOf(limits, setup)),
    `<p>${escapeHtml(LEGEND.join(' '))} ${isDriveLimited(limits) ? DRIVE_LEGEND : ''}</p>`,
    factsHtml(facts(limits, setup)),
    `<h2>Octaves</h2>\n${table(limits.octaves)}`,
    `<h2>Third octaves</h2>\n${table(limits.thirdOctaves)}`,
  ]);
}
