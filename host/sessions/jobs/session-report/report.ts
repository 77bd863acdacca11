import { OCTAVES } from '@anc/dsp-reference';
import {
  chunkSamples,
  type NoiseKind,
  type Percentiles,
  sampleRateHz,
  type SessionSettings,
} from '../../protocol/index.ts';
import { dbOf, powerOf, rounded } from '../decibel.ts';
import type { ProgressRow, SessionRecord } from './read-session.ts';

/** What a session was like, from what its server wrote every ten seconds. Decibels: see `methods`. */
export interface SessionReport {
  readonly sessionId: string;
  readonly name: string;
  readonly settings: SessionSettings;
  /** ISO 8601 */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  /** audio that was processed, s */
  readonly processedSeconds: number;
  readonly chunks: Chunks;
  readonly levels: BandFigure;
  readonly octaves: readonly (BandFigure & { readonly centreHz: number })[];
  readonly latency: Readonly<Record<LatencyPart, Percentiles>>;
  readonly timeline: readonly TimelinePoint[];
  readonly noises: {
    readonly count: number;
    readonly emergencies: number;
    readonly byKind: Readonly<Partial<Record<NoiseKind, number>>>;
    /** the newest 50 */
    readonly events: readonly {
      readonly at: string;
      readonly kind: NoiseKind;
      readonly confidence: number;
      readonly levelDbfs: number;
      readonly emergency: boolean;
    }[];
  };
  readonly methods: Readonly<Record<'levels' | 'latency' | 'noises', string>>;
}

export interface Chunks {
  readonly processed: number;
  readonly dropped: number;
  readonly filled: number;
  readonly refused: number;
  /** dropped / (processed + dropped) */
  readonly droppedShare: number;
}

/** null where nothing was measured. */
export interface BandFigure {
  readonly inputDbfs: number | null;
  readonly outputDbfs: number | null;
  /** input − output, dB, positive is less */
  readonly attenuationDb: number | null;
}

export interface TimelinePoint extends BandFigure {
  /** since the first entry of the report */
  readonly seconds: number;
  /** largest within the point */
  readonly totalP99Ms: number;
}

type LatencyPart = 'queueMs' | 'filterMs' | 'totalMs';

const methods = {
  levels:
    'electrical, at the server: mean squares of what came in and of what went out, per octave from 63 Hz to 8 kHz, Hann windows of 85 ms, one a second, averaged over the whole session, each interval weighted by its chunks; all octaves together are their sum; full-scale sine = −3 dBFS; attenuation = input − output, so speech that stays counts against it',
  latency:
    'what the server adds, receiving to sending; percentiles over the chunks of the last second of each interval; p50: median of the intervals, p95 and p99: largest of them',
  noises: 'classifier of the server on the primary channel',
};

/** More points than a chart has columns for are put together. */
const timelineMost = 360;
const eventsMost = 50;

export function reportOf({ session, progress, noises }: SessionRecord): SessionReport {
  const intervals = intervalsOf(progress);
  const { chunksProcessed: processed, chunksDropped: dropped } = session;
  const octaves = octavePowers(intervals);
  const byKind: Partial<Record<NoiseKind, number>> = {};
  for (const { kind } of noises) byKind[kind] = (byKind[kind] ?? 0) + 1;
  return {
    sessionId: session.id,
    name: session.name,
    settings: session.settings,
    startedAt: session.startedAt?.toISOString() ?? null,
    endedAt: session.endedAt?.toISOString() ?? null,
    endReason: session.endReason,
    processedSeconds: (processed * chunkSamples) / sampleRateHz,
    chunks: {
      processed,
      dropped,
      filled: session.chunksFilled,
      refused: session.chunksRefused,
      droppedShare: processed + dropped === 0 ? 0 : dropped / (processed + dropped),
    },
    levels: figureOf(sum(octaves)),
    octaves: octaves.map((powers, i) => ({ centreHz: OCTAVES[i]!.centreHz, ...figureOf(powers) })),
    latency: {
      queueMs: latencyOf(progress, 'queueMs'),
      filterMs: latencyOf(progress, 'filterMs'),
      totalMs: latencyOf(progress, 'totalMs'),
    },
    timeline: timelineOf(intervals),
    noises: {
      count: noises.length,
      emergencies: noises.filter(({ emergency }) => emergency).length,
      byKind,
      events: noises.slice(-eventsMost).map((event) => ({ ...event, at: event.at.toISOString() })),
    },
    methods,
  };
}

type Interval = ProgressRow & { readonly chunks: number };

/** Chunks since the row before; a session that went on elsewhere may have begun its count anew. */
function intervalsOf(progress: readonly ProgressRow[]): Interval[] {
  return progress.map((row, i) => {
    const before = progress[i - 1]?.stats.chunksProcessed ?? 0;
    const now = row.stats.chunksProcessed;
    return { ...row, chunks: now < before ? now : now - before };
  });
}

/** Mean squares; 0 where nothing was measured. */
interface Powers {
  readonly input: number;
  readonly output: number;
}

function octavePowers(intervals: readonly Interval[]): Powers[] {
  return OCTAVES.map(({ centreHz }) => {
    let [input, output, weight] = [0, 0, 0];
    for (const { bands, chunks } of intervals) {
      const band = bands.find((one) => one.centreHz === centreHz);
      if (!band || band.inputDbfs === null) continue;
      input += chunks * powerOf(band.inputDbfs);
      output += chunks * powerOf(band.outputDbfs);
      weight += chunks;
    }
    return weight === 0
      ? { input: 0, output: 0 }
      : { input: input / weight, output: output / weight };
  });
}

function sum(powers: readonly Powers[]): Powers {
  return powers.reduce(
    (all, { input, output }) => ({ input: all.input + input, output: all.output + output }),
    { input: 0, output: 0 },
  );
}

function figureOf({ input, output }: Powers): BandFigure {
  const [inputDbfs, outputDbfs] = [dbOf(input), dbOf(output)];
  const attenuationDb = inputDbfs === null || outputDbfs === null ? null : inputDbfs - outputDbfs;
  return {
    inputDbfs: rounded(inputDbfs),
    outputDbfs: rounded(outputDbfs),
    attenuationDb: rounded(attenuationDb),
  };
}

function latencyOf(progress: readonly ProgressRow[], part: LatencyPart): Percentiles {
  const all = progress.map(({ stats }) => stats.latency[part]);
  const medians = all.map(({ p50 }) => p50).sort((a, b) => a - b);
  const largest = (of: 'p95' | 'p99') => all.reduce((most, value) => Math.max(most, value[of]), 0);
  return { p50: medians[medians.length >> 1] ?? 0, p95: largest('p95'), p99: largest('p99') };
}

function timelineOf(intervals: readonly Interval[]): TimelinePoint[] {
  const size = Math.max(1, Math.ceil(intervals.length / timelineMost));
  const points: TimelinePoint[] = [];
  for (let from = 0; from < intervals.length; from += size) {
    const rows = intervals.slice(from, from + size);
    points.push({
      seconds: Math.round((rows.at(-1)!.at.getTime() - intervals[0]!.at.getTime()) / 1000),
      ...figureOf(sum(octavePowers(rows))),
      totalP99Ms: Math.max(...rows.map(({ stats }) => stats.latency.totalMs.p99)),
    });
  }
  return points;
}
