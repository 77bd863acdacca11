import { type Chart, factsHtml, figureHtml, pageHtml, tableHtml } from '@anc/dsp-reference';
import { shown } from '../decibel.ts';
import { noteHtml } from '../note-html.ts';
import type { ChannelFigures, PairFigures } from './analyse.ts';
import type { RecordingResult } from './recording-analysis.ts';

/** One page with its style and charts inside, no scripts; follows the reader's light or dark setting. */
export function recordingPage(result: RecordingResult): string {
  const { channels, pair, methods } = result;
  return pageHtml(`Recording ${result.name}`, [
    factsHtml([
      ['recording', result.recordingId],
      ['format', `${channels.length} channels, ${result.sampleRateHz} Hz, ${result.format}`],
      [
        'length',
        `${result.durationSeconds.toFixed(1)} s, the first ${result.analysedSeconds.toFixed(1)} s looked at`,
      ],
      ...(pair === null
        ? []
        : [['electrical bound, full band', `${shown(pair.boundDb)} dB`] as const]),
    ]),
    '<h2>Levels</h2>',
    tableHtml(
      ['Channel', 'RMS, dBFS', 'Peak, dBFS', 'Crest, dB', 'Clipped samples', 'Noise'],
      channels.map((channel, i) => [
        String(i + 1),
        shown(channel.levelDbfs),
        shown(channel.peakDbfs),
        shown(channel.crestDb),
        String(channel.clippedSamples),
        channel.noise.kind ?? '–',
      ]),
    ),
    noteHtml(methods.noise),
    figureHtml(spectrumChart(channels)),
    noteHtml(methods.levels),
    ...(pair === null ? [] : pairHtml(pair, methods.pair)),
  ]);
}

function spectrumChart(channels: readonly ChannelFigures[]): Chart {
  return {
    title: 'Levels per one-third octave',
    xLabel: 'band in Hz',
    yLabel: 'level in dBFS',
    xTicks: bandTicks(channels[0]!.thirdOctaves.map(({ centreHz }) => centreHz)),
    logarithmic: true,
    series: channels.map(({ thirdOctaves }, i) => ({
      name: `channel ${i + 1}`,
      points: thirdOctaves.map(({ centreHz, dbfs }) => [centreHz, dbfs] as const),
    })),
  };
}

/** Every fifth band, and the ends: a chart begins and ends at a tick. */
function bandTicks(centresHz: readonly number[]): number[] {
  const last = centresHz.length - 1;
  return centresHz.filter((_, i) => i === last || (i % 5 === 0 && last - i > 2));
}

function pairHtml({ octaves, seconds }: PairFigures, method: string): string[] {
  const xTicks = octaves.map(({ centreHz }) => centreHz);
  const charts: Chart[] = [
    {
      title: 'Coherence of the first two channels per octave',
      xLabel: 'octave in Hz',
      yLabel: 'γ², 0 to 1',
      xTicks,
      logarithmic: true,
      series: [
        { name: 'γ²', points: octaves.map((band) => [band.centreHz, band.coherence] as const) },
      ],
    },
    {
      title: 'What an electrical canceller could take away at most, per octave',
      xLabel: 'octave in Hz',
      yLabel: 'bound in dB',
      xTicks,
      logarithmic: true,
      series: [
        { name: 'bound', points: octaves.map((band) => [band.centreHz, band.boundDb] as const) },
      ],
    },
  ];
  return [
    '<h2>Second channel as reference</h2>',
    ...charts.map(figureHtml),
    noteHtml(`${method}; the first ${seconds.toFixed(1)} s`),
  ];
}
