import { type Chart, factsHtml, figureHtml, pageHtml, tableHtml } from '@anc/dsp-reference';
import { shown } from '../decibel.ts';
import { noteHtml } from '../note-html.ts';
import type { SessionReport, TimelinePoint } from './report.ts';

/** One page with its style and charts inside, no scripts; follows the reader's light or dark setting. */
export function sessionPage(report: SessionReport): string {
  const { octaves, latency, noises, methods } = report;
  const charts = [octaveChart(report), ...timelineCharts(report)];
  return pageHtml(`Session ${report.name || report.sessionId}`, [
    factsHtml(factsOf(report)),
    ...charts.map(figureHtml),
    '<h2>Octaves</h2>',
    tableHtml(
      ['Octave, Hz', 'Input, dBFS', 'Output, dBFS', 'Attenuation, dB'],
      octaves.map((band) => [
        String(band.centreHz),
        shown(band.inputDbfs),
        shown(band.outputDbfs),
        shown(band.attenuationDb),
      ]),
    ),
    noteHtml(methods.levels),
    '<h2>What the server added, ms</h2>',
    tableHtml(
      ['Part', 'p50', 'p95', 'p99'],
      (['queueMs', 'filterMs', 'totalMs'] as const).map((part) => {
        const { p50, p95, p99 } = latency[part];
        return [part.slice(0, -2), shown(p50, 2), shown(p95, 2), shown(p99, 2)];
      }),
    ),
    noteHtml(methods.latency),
    '<h2>Noises</h2>',
    noises.count === 0
      ? noteHtml('none was recognised')
      : tableHtml(
          ['Time', 'Kind', 'Confidence', 'Level, dBFS', 'Emergency'],
          noises.events.map((event) => [
            event.at,
            event.kind,
            shown(event.confidence, 2),
            shown(event.levelDbfs),
            event.emergency ? 'yes' : 'no',
          ]),
        ),
    noteHtml(methods.noises),
  ]);
}

function factsOf({ settings, chunks, levels, noises, ...report }: SessionReport) {
  const input =
    settings.channels === 1
      ? `line enhancer, Δ ${settings.delay}`
      : 'reference in the second channel';
  const share = (100 * chunks.droppedShare).toFixed(2);
  const facts: [name: string, value: string][] = [
    ['session', report.sessionId],
    ['began', report.startedAt ?? 'never'],
    ['ended', report.endedAt ? `${report.endedAt}, ${report.endReason}` : 'not yet'],
    [
      'canceller',
      `${settings.algorithm}, ${settings.taps} taps, µ ${settings.stepSize}, intensity ${settings.intensity}, ${input}`,
    ],
    [
      'chunks',
      `${chunks.processed} processed (${report.processedSeconds.toFixed(1)} s), ${chunks.dropped} dropped (${share} %), ${chunks.filled} filled, ${chunks.refused} refused`,
    ],
    [
      'levels, 63 Hz–8 kHz',
      `${shown(levels.inputDbfs)} dBFS in, ${shown(levels.outputDbfs)} dBFS out: ${shown(levels.attenuationDb)} dB less`,
    ],
    ['noises', `${noises.count}, ${noises.emergencies} of them emergencies`],
  ];
  return facts;
}

function octaveChart({ octaves }: SessionReport): Chart {
  const points = (of: 'inputDbfs' | 'outputDbfs') =>
    octaves.map((band) => [band.centreHz, band[of]] as const);
  return {
    title: 'Levels per octave over the whole session, input and output of the server',
    xLabel: 'octave in Hz',
    yLabel: 'level in dBFS',
    xTicks: octaves.map(({ centreHz }) => centreHz),
    logarithmic: true,
    series: [
      { name: 'input', points: points('inputDbfs') },
      { name: 'output', points: points('outputDbfs') },
    ],
  };
}

function timelineCharts({ timeline }: SessionReport): Chart[] {
  const last = timeline.at(-1)?.seconds ?? 0;
  if (last === 0) return [];
  const points = (of: Exclude<keyof TimelinePoint, 'seconds'>) =>
    timeline.map((point) => [point.seconds, point[of]] as const);
  const time = {
    xLabel: 'time in s',
    xTicks: Array.from({ length: 6 }, (_, i) => (i * last) / 5),
  };
  return [
    {
      ...time,
      title: 'Attenuation over time, 63 Hz–8 kHz, input − output at the server',
      yLabel: 'attenuation in dB',
      series: [{ name: 'attenuation', points: points('attenuationDb') }],
    },
    {
      ...time,
      title: 'What the server added over time, 99th percentile of a second',
      yLabel: 'latency in ms',
      series: [{ name: 'p99', points: points('totalP99Ms') }],
    },
  ];
}
