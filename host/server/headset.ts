/**
 * The part of a connected headset that the server needs. `fromDevice` makes one of a `Device`; tests make one without any
 * link below it.
 */
import type {
  ErrorView,
  Guard,
  HeadsetInfo,
  LogLevel,
  Mode,
  ParameterDescription,
  ParameterGroup,
  ParameterScalar,
  ParameterState,
} from './panel-protocol.ts';

export type HeadsetState = 'connected' | 'reconnecting' | 'disconnected' | 'closed';

/** Mean squares: 1 is that of a full-scale square wave. Peaks: 0..1. */
export interface Telemetry {
  readonly sampleIndex: number;
  readonly mode: Mode;
  readonly guard: Guard;
  readonly referenceMeanSquare: number;
  readonly errorMeanSquare: number;
  readonly outputMeanSquare: number;
  readonly disturbanceMeanSquare: number;
  readonly referencePeak: number;
  readonly errorPeak: number;
  readonly outputPeak: number;
  readonly clippedSamples: number;
  readonly limitedSamples: number;
  readonly rollbacks: number;
  readonly cpuPermille: number;
  readonly deadlineMisses: number;
  readonly streamDropped: number;
}

/** Bits of `SignalFrame.channels`, in the order in which a frame interleaves them. */
export const signalBit = { reference: 1, error: 2, output: 4, disturbance: 8 } as const;
export type SignalName = keyof typeof signalBit;
export const signalNames: readonly SignalName[] = ['reference', 'error', 'output', 'disturbance'];

export interface SignalFrame {
  readonly sampleIndex: number;
  readonly channels: number;
  /** 24-bit little-endian signed, interleaved in bit order. Valid only during the call. */
  readonly samples: Uint8Array;
}

export interface DeviceLogEvent {
  readonly level: LogLevel;
  readonly code: string;
  readonly text: string;
  readonly value: number;
}

export interface LinkCounters {
  readonly lost: Readonly<Record<string, number>>;
  readonly damaged: number;
}

export interface DeviceCounters {
  readonly deviceDamaged: number;
  readonly deviceDropped: number;
}

export interface HeadsetListener {
  state(state: HeadsetState, reason: ErrorView | null): void;
  telemetry(telemetry: Telemetry): void;
  signals(frame: SignalFrame): void;
  log(event: DeviceLogEvent): void;
}

export interface Headset {
  readonly uri: string;
  readonly state: HeadsetState;
  readonly info: HeadsetInfo;
  readonly groups: readonly ParameterGroup[];
  readonly dictionary: readonly ParameterDescription[];
  /** Returns the function that ends the listening. */
  listen(listener: HeadsetListener): () => void;
  /** 0 ends the stream. Holds across reconnections. */
  setSignalChannels(channels: number): Promise<void>;
  listParameters(): Promise<ParameterState[]>;
  setMode(mode: Mode): Promise<void>;
  setParameter(name: string, value: ParameterScalar): Promise<void>;
  storeParameters(): Promise<void>;
  revertParameters(names?: readonly string[]): Promise<void>;
  resetParameters(names?: readonly string[]): Promise<void>;
  guardClear(): Promise<void>;
  resetWeights(): Promise<void>;
  /** First tap first; 1 is unit gain. */
  readWeights(): Promise<Float64Array>;
  /** One round trip to the headset. */
  readDeviceCounters(): Promise<DeviceCounters>;
  linkCounters(): LinkCounters;
  close(): Promise<void>;
}
