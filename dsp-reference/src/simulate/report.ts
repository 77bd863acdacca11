/** A simulation as text, JSON and one self-contained HTML page. */
import { ALGORITHMS } from '../controllers/index.ts';
import type { BandResult } from './bands.ts';
import { escapeHtml } from './chart.ts';
import type { Chart } from './chart.ts';
import { factsHtml, figureHtml, pageHtml, tableHtml } from './page.ts';
import type { SimulationResult } from './simulate.ts';

const METHOD =
  'acoustic attenuation at the error microphone, off − on, positive = quieter; Welch, Hann windows of up to 16384 samples';

const ARITHMETICS = {
  integer: 'integer model of the core',
  float64: 'float64',
  f32: 'the C core in single precision',
} as const;

/** Name and value of everything that a figure of this run depends on. */
function facts(result: SimulationResult): [name: string, value: string][] {
  const { setup } = result;
  const latencyMs = (1000 * setup.latencySamples) / setup.sampleRateHz;
  const { mode, taps, stepSize, leakage } = setup.settings;
  return [
    ['plant', `${setup.paths}, fit ${setup.fit}`],
    ['latency', `${setup.latencySamples} samples (${latencyMs.toFixed(2)} ms)`],
    ['noise', `${setup.noise}, ${setup.levelDb} dBFS RMS, seed ${setup.seed}`],
    ['microphone noise', `${setup.micNoiseDb} dBFS RMS each`],
    [
      'settings',
      setup.algorithm === 'fxnlms'
        ? `${mode}, ${taps} taps, µ ${stepSize}, leakage ${leakage} 1/s`
        : `${mode}, ${taps} taps`,
    ],
    ['secondary model', secondaryText(result)],
    ['algorithm', ALGORITHMS[setup.algorithm]?.title ?? setup.algorithm],
    ['arithmetic', ARITHMETICS[setup.arithmetic]],
    ['measured', `last ${setup.measureSeconds} s of ${setup.seconds} s`],
    ['method', METHOD],
  ];
}

function secondaryText({ setup, identification }: SimulationResult): string {
  if (!identification) return setup.secondaryModel;
  const { erleDb, driveDb, derived } = identification;
  return `identified: ERLE ${erleDb.toFixed(1)} dB at ${driveDb.toFixed(0)} dBFS drive, delay ${derived.delaySamples} samples, suggests ${derived.controlTaps} taps, µ ${derived.stepSize}`;
}

function headline(result: SimulationResult): [name: string, value: string][] {
  const { band50To1000, bound } = result;
  const rows: [string, string][] = [
    ['active, 50–1000 Hz', decibel(band50To1000.activeDb)],
    ['passive, 50–1000 Hz', decibel(band50To1000.passiveDb)],
  ];
  if (bound) {
    const how = bound.tabulated ? '' : ' (between two tabulated latencies)';
    rows.push(['bound, 50–1000 Hz', decibel(bound.band50To1000Db) + how]);
  }
  for (const { attenuationDb, seconds } of result.convergence) {
    const text = seconds === null ? 'not reached' : `${seconds.toFixed(2)} s`;
    rows.push([`time to ${attenuationDb} dB, 50–1000 Hz`, text]);
  }
  const peak = result.outputPeakDb;
  rows.push(['output peak', peak === null ? 'silent' : `${peak.toFixed(1)} dBFS`]);
  rows.push(['samples at full scale', String(result.clippedSamples)]);
  return rows;
}

function decibel(v: number | null): string {
  return v === null ? 'no energy' : `${v.toFixed(1)} dB`;
}

const HEADINGS = ['band Hz', 'outer dBFS', 'off dBFS', 'on dBFS', 'passive dB', 'active dB'];

function cells(result: SimulationResult, bands: readonly BandResult[]): string[][] {
  const octaves = bands === result.octaves;
  return bands.map((b) => {
    const bound = result.bound?.octaves.find((o) => octaves && o.centreHz === b.centreHz);
    const numbers = [b.referenceDb, b.offDb, b.onDb, b.passiveDb, b.activeDb];
    const texts = numbers.map((v) => (v === null ? '–' : v.toFixed(1)));
    const last = result.bound && octaves ? [bound ? bound.attenuationDb.toFixed(1) : '–'] : [];
    return [String(b.centreHz), ...texts, ...last];
  });
}

function headings(result: SimulationResult, bands: readonly BandResult[]): string[] {
  return result.bound && bands === result.octaves ? [...HEADINGS, 'bound dB'] : HEADINGS;
}

function boundNote(result: SimulationResult): string {
  return result.bound
    ? `The bound holds for the noise it was computed with, not for this one. ${result.bound.method}`
    : '';
}

/** For a terminal: facts, headline and both tables. */
export function reportText(result: SimulationResult): string {
  const pairs = [...facts(result), ...headline(result)];
  const width = Math.max(...pairs.map(([name]) => name.length));
  const lines = pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  for (const bands of [result.octaves, result.thirdOctaves]) {
    const rows = [headings(result, bands), ...cells(result, bands)];
    const line = (row: string[]) => row.map((cell) => cell.padStart(11)).join('');
    lines.push('', bands === result.octaves ? 'octaves' : 'third octaves', ...rows.map(line));
  }
  const note = boundNote(result);
  return [...lines, ...(note ? ['', note] : []), ''].join('\n');
}

export type SimulationReport = Omit<SimulationResult, 'signals'>;

/** Everything but the signals, ready for JSON.stringify. */
export function reportJson(result: SimulationResult): SimulationReport {
  const report: Partial<SimulationResult> = { ...result };
  delete (report as { signals?: unknown }).signals;
  const { identification } = result;
  if (!identification) return report as SimulationReport;
  // typed arrays would become objects with a key a sample
  const [secondary, feedback] = [[...identification.secondary], [...identification.feedback]];
  return {
    ...report,
    identification: { ...identification, secondary, feedback },
  } as unknown as SimulationReport;
}

const FREQUENCIES = [25, 50, 100, 200, 500, 1000, 2000, 5000, 8000];

function charts(result: SimulationResult): Chart[] {
  const { thirdOctaves, timeline, bound, setup } = result;
  const curve = (pick: (b: BandResult) => number | null) =>
    thirdOctaves.map((b) => [b.centreHz, pick(b)] as const);
  const seconds = Math.ceil(setup.seconds);
  const frequency = { xLabel: 'frequency in Hz', xTicks: FREQUENCIES, logarithmic: true };
  const bounds = bound && {
    name: 'bound (octaves)',
    markers: true,
    points: bound.octaves.map((o) => [o.centreHz, o.attenuationDb] as const),
  };
  return [
    {
      ...frequency,
      title: 'Attenuation per third octave',
      yLabel: 'attenuation in dB',
      series: [
        { name: 'active', points: curve((b) => b.activeDb) },
        { name: 'passive', points: curve((b) => b.passiveDb) },
        ...(bounds ? [bounds] : []),
      ],
    },
    {
      ...frequency,
      title: 'Level per third octave',
      yLabel: 'level in dBFS',
      series: [
        { name: 'on', points: curve((b) => b.onDb) },
        { name: 'off', points: curve((b) => b.offDb) },
        { name: 'outer microphone', points: curve((b) => b.referenceDb) },
      ],
    },
    {
      title: 'Attenuation over time, 50–1000 Hz, windows of 0.25 s',
      yLabel: 'attenuation in dB',
      xLabel: 'time in s',
      xTicks: Array.from({ length: 6 }, (_, i) => (i * seconds) / 5),
      series: [{ name: 'active', points: timeline.map((p) => [p.seconds, p.attenuationDb]) }],
    },
  ];
}

/** One page with its style and charts inside, no scripts; follows the reader's light or dark setting. */
export function reportHtml(result: SimulationResult): string {
  const tables = [result.octaves, result.thirdOctaves].map((bands) => {
    const name = bands === result.octaves ? 'Octaves' : 'Third octaves';
    return `<h2>${name}</h2>\n${tableHtml(headings(result, bands), cells(result, bands))}`;
  });
  return pageHtml(`Simulation: ${result.setup.noise} on ${result.setup.paths}`, [
    factsHtml([...headline(result), ...facts(result)]),
    ...charts(result).map(figureHtml),
    ...tables,
    `<p>${escapeHtml(boundNote(result))}</p>`,
  ]);
}
