import type { ParameterScalar } from '@anc/link';
import type { Connection } from './connection.ts';

export interface DeviceInfo {
  readonly board: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly protocolVersion: number;
  readonly sampleRateHz: number;
  /** Microphone to loudspeaker, converters and blocks, without the acoustics. */
  readonly addedLatencySamples: number;
  readonly resetReason: string;
  /** Whether the headset has stored settings and they are whole. */
  readonly storeValid: boolean;
  /** Started with the defaults, whatever is stored. */
  readonly safeMode: boolean;
  readonly uptimeMs: number;
}

export interface ParameterState {
  readonly name: string;
  readonly value: ParameterScalar;
  readonly stored: ParameterScalar;
  readonly default: ParameterScalar;
}

/** What the headset said in its hello. */
export function infoOf({ hello }: Connection): DeviceInfo {
  const { board, serialNumber, firmwareVersion, protocolVersion, sampleRateHz } = hello;
  const { addedLatencySamples, resetReason, storeValid, safeMode, uptimeMs } = hello;
  return {
    board,
    serialNumber,
    firmwareVersion,
    protocolVersion,
    sampleRateHz,
    addedLatencySamples,
    resetReason,
    storeValid,
    safeMode,
    uptimeMs,
  };
}
