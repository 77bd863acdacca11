/**
 * What the server and a browser say to each other on `/ws`: JSON text frames. Types only, so that the panel can import
 * them without pulling in Node. docs/panel-protocol.md describes the same.
 *
 * Times are Unix milliseconds of the server's clock. Levels are dBFS RMS, where 0 dBFS is the mean square of a
 * full-scale square wave (a full-scale sine is -3.01 dBFS). Attenuation is off minus on: positive is quieter.
 */
export const panelProtocolVersion = 1;

/** Levels below this are shown as this: JSON has no minus infinity. */
export const floorDb = -150;

export type Mode = 'off' | 'transparency' | 'anc';
export type Guard = 'normal' | 'frozen' | 'rolledBack' | 'muted';
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'disconnected';
export type ParameterScalar = number | boolean | string;

export interface ErrorView {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface HeadsetInfo {
  readonly board: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly protocolVersion: number;
  readonly sampleRateHz: number;
  readonly addedLatencySamples: number;
  readonly resetReason: string;
  readonly storeValid: boolean;
}

export interface DeviceView {
  readonly state: ConnectionState;
  readonly uri: string;
  /** Why the headset is not connected; null while it is. */
  readonly reason: ErrorView | null;
  /** When `state` was entered. */
  readonly sinceMs: number;
  /** Last telemetry; null when there never was any. */
  readonly lastSeenMs: number | null;
  /** Of the present or last connection. */
  readonly info: HeadsetInfo | null;
}

export interface ParameterDescription {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly type: 'int' | 'bool' | 'enum';
  readonly unit: string | null;
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: ParameterScalar;
  /** Names of an enum's values in order; empty for other types. */
  readonly values: readonly string[];
  readonly persistent: boolean;
  readonly help: string;
}

export interface ParameterGroup {
  readonly id: string;
  readonly title: string;
}

export interface ParameterState {
  readonly name: string;
  readonly value: ParameterScalar;
  readonly stored: ParameterScalar;
  readonly default: ParameterScalar;
}

/** The newest telemetry. */
export interface TelemetryView {
  readonly timeMs: number;
  readonly mode: Mode;
  readonly guard: Guard;
  readonly referenceDb: number;
  readonly errorDb: number;
  readonly outputDb: number;
  /** Estimate e - s*y of the error without cancelling, by the headset's own model of the secondary path. */
  readonly offDb: number;
  readonly referencePeakDb: number;
  readonly errorPeakDb: number;
  readonly outputPeakDb: number;
  readonly clippedSamples: number;
  readonly limitedSamples: number;
  readonly rollbacks: number;
  /** 0..1 of the audio budget. */
  readonly cpuShare: number;
  readonly deadlineMisses: number;
  readonly streamDropped: number;
}

/** Columns of equal length, oldest first. null: no value at that time. */
export interface LevelColumns {
  readonly timeMs: readonly number[];
  readonly referenceDb: readonly (number | null)[];
  readonly errorDb: readonly (number | null)[];
  readonly offDb: readonly (number | null)[];
  readonly outputDb: readonly (number | null)[];
  /** The headline attenuation at that time. */
  readonly attenuationDb: readonly (number | null)[];
}

export interface HistoryView {
  /** Last minute at up to 20 Hz. */
  readonly fine: LevelColumns;
  /** Last 15 minutes at 2 Hz; levels are power means over half a second. */
  readonly coarse: LevelColumns;
}

/** How the "off" side is known: measured with the mode off, or estimated by the headset's model while it plays. */
export type OffMethod = 'measured' | 'estimated';

export interface SpectrumCurve {
  /** Density in dBFS/Hz at `AnalysisView.frequencyHz`. */
  readonly densityDb: readonly number[];
  /** Level in dBFS of each band in `AnalysisView.bandHz`. */
  readonly bandDb: readonly number[];
  /** Newest sample in it. */
  readonly atMs: number;
}

export interface AttenuationFigure {
  /** '63' … '4000' for octaves, '50-1000', or 'broadband' from telemetry. */
  readonly band: string;
  readonly db: number;
}

export interface BoundView {
  readonly db: number;
  readonly band: string;
  /** What it is the bound of: plant, noise, latency, method. */
  readonly label: string;
}

export interface AnalysisView {
  readonly timeMs: number;
  /** `signals`: Welch on the headset's samples. `telemetry`: only mean squares, because the link is too slow. */
  readonly source: 'signals' | 'telemetry' | 'none';
  /** One sentence: how the figures were made. */
  readonly method: string;
  readonly offMethod: OffMethod;
  /** The figure to show large; null outside anc mode or before the first estimate. */
  readonly headline: AttenuationFigure | null;
  readonly octaves: readonly AttenuationFigure[];
  readonly bound: BoundView | null;
  /** Grid of the density curves, log-spaced. Empty without signals. */
  readonly frequencyHz: readonly number[];
  /** Nominal centres of the third-octave bands. */
  readonly bandHz: readonly number[];
  readonly off: SpectrumCurve | null;
  /** Error in anc mode; held at its last value in the other modes (see `atMs`). */
  readonly on: SpectrumCurve | null;
  readonly reference: SpectrumCurve | null;
  readonly output: SpectrumCurve | null;
}

export interface WeightsView {
  readonly timeMs: number;
  readonly sampleRateHz: number;
  /** Impulse response of the control filter, first tap first; 1 is unit gain. */
  readonly weights: readonly number[];
}

export interface LinkView {
  readonly timeMs: number;
  /** Of the last 60 requests; null before the first. */
  readonly roundTripMs: {
    readonly p50: number;
    readonly p99: number;
    readonly last: number;
  } | null;
  /** Event frames lost between headset and server since connecting, by message. */
  readonly lost: Readonly<Record<string, number>>;
  readonly damaged: number;
  /** Counters of the headset's end. */
  readonly deviceDamaged: number;
  readonly deviceDropped: number;
  readonly reconnects: number;
  /** Share of the headset's samples that reached the analysis in the last seconds, 0..1; null without signals. */
  readonly signalShare: number | null;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface LogEntry {
  readonly id: number;
  readonly timeMs: number;
  readonly level: LogLevel;
  /** `device`: sent by the headset. `panel`: something that a client did. `server`: the rest. */
  readonly origin: 'device' | 'panel' | 'server';
  readonly code: string;
  readonly text: string;
}

export interface Snapshot {
  readonly type: 'snapshot';
  readonly protocol: number;
  readonly timeMs: number;
  readonly device: DeviceView;
  readonly groups: readonly ParameterGroup[];
  readonly dictionary: readonly ParameterDescription[];
  readonly parameters: readonly ParameterState[];
  readonly telemetry: TelemetryView | null;
  readonly history: HistoryView;
  readonly analysis: AnalysisView | null;
  readonly weights: WeightsView | null;
  readonly link: LinkView | null;
  readonly log: readonly LogEntry[];
}

export type ServerMessage =
  | Snapshot
  | { readonly type: 'device'; readonly device: DeviceView }
  | {
      readonly type: 'dictionary';
      readonly groups: readonly ParameterGroup[];
      readonly dictionary: readonly ParameterDescription[];
    }
  /** Only the parameters that changed. */
  | { readonly type: 'parameters'; readonly parameters: readonly ParameterState[] }
  | { readonly type: 'telemetry'; readonly telemetry: TelemetryView; readonly levels: LevelColumns }
  | { readonly type: 'analysis'; readonly analysis: AnalysisView }
  | { readonly type: 'weights'; readonly weights: WeightsView }
  | { readonly type: 'link'; readonly link: LinkView }
  | { readonly type: 'log'; readonly entries: readonly LogEntry[] }
  | { readonly type: 'reply'; readonly id: number; readonly ok: true }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: ErrorView };

export type Command =
  | { readonly command: 'setMode'; readonly mode: Mode }
  | { readonly command: 'setParameter'; readonly name: string; readonly value: ParameterScalar }
  | { readonly command: 'store' }
  /** Without `names`: all. */
  | { readonly command: 'revert'; readonly names?: readonly string[] }
  | { readonly command: 'reset'; readonly names?: readonly string[] }
  | { readonly command: 'guardClear' }
  | { readonly command: 'resetWeights' };

/** Answered by one `reply` with the same id. */
export type ClientMessage = { readonly id: number } & Command;

/** One manifest of the folder that the flash page offers. */
export interface FirmwareEntry {
  /** Below /api/v1/firmware/files/. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly chips: readonly string[];
  /** Why it cannot be used. */
  readonly error: string | null;
}

/** `GET /api/v1/firmware` */
export interface FirmwareList {
  readonly firmware: readonly FirmwareEntry[];
  /** By board: how it gets into its loader by hand. */
  readonly recovery: Readonly<Record<string, string>>;
}
