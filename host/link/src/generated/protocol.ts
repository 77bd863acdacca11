// Generated from firmware/protocol/ by `npm run generate`. Do not edit.

export const protocolVersion = 1;
export const limits = { maxFrameBytes: 1024, heartbeatMs: 250, silenceMs: 750, hostSilenceMs: 1500 } as const;
export const frameKinds = { request: 0, response: 1, event: 2 } as const;

/** Numbers of enum values by their text. A number without text decodes to `unknown(N)`. */
export const enums = {
  status: { ok: 0, unknownMessage: 1, malformed: 2, unknownParameter: 3, outOfRange: 4, readOnly: 5, busy: 6, storageFailed: 7, notReady: 8, unknownBlock: 9, tooLong: 10 },
  mode: { off: 0, transparency: 1, anc: 2 },
  guard: { normal: 0, frozen: 1, rolledBack: 2, muted: 3 },
  resetReason: { powerOn: 0, software: 1, watchdog: 2, brownOut: 3, panic: 4 },
  block: { weights: 1, secondaryModel: 2, feedbackPath: 3 },
  excitation: { white: 0, mls: 1, sweep: 2 },
  identifyPhase: { idle: 0, settle: 1, listen: 2, ramp: 3, measure: 4, solve: 5, judge: 6, done: 7 },
  identifyReason: { accepted: 0, aborted: 1, hostGone: 2, muted: 3, clipped: 4, unheard: 5, noisy: 6, tooSlow: 7, impossible: 8 },
  slotState: { empty: 0, good: 1, activated: 2, trial: 3, rejected: 4 },
  updatePhase: { idle: 0, receiving: 1, verifying: 2, activated: 3, failed: 4 },
  updateReason: { none: 0, wrongChip: 1, wrongBoard: 2, tooLarge: 3, hashDiffers: 4, noImage: 5, imageDamaged: 6, flashFailed: 7 },
  logLevel: { debug: 0, info: 1, warning: 2, error: 3 },
  logCode: { started: 1, modeChanged: 2, divergence: 3, rollback: 4, guardMuted: 5, guardCleared: 6, inputClipped: 7, referenceSilent: 8, storeWritten: 9, storeInvalid: 10, secondaryModelChanged: 11, linkBusy: 12, identificationEnded: 13, loopLatency: 24, overloaded: 25, audioFailed: 26, howling: 14, howlingPersists: 15, windStarted: 16, windEnded: 17, updateActivated: 18, updateConfirmed: 19, updateRolledBack: 20 },
} as const;
export type EnumName = keyof typeof enums;
export type Status = keyof (typeof enums)['status'] | `unknown(${number})`;
export type Mode = keyof (typeof enums)['mode'] | `unknown(${number})`;
export type Guard = keyof (typeof enums)['guard'] | `unknown(${number})`;
export type ResetReason = keyof (typeof enums)['resetReason'] | `unknown(${number})`;
export type Block = keyof (typeof enums)['block'] | `unknown(${number})`;
export type Excitation = keyof (typeof enums)['excitation'] | `unknown(${number})`;
export type IdentifyPhase = keyof (typeof enums)['identifyPhase'] | `unknown(${number})`;
export type IdentifyReason = keyof (typeof enums)['identifyReason'] | `unknown(${number})`;
export type SlotState = keyof (typeof enums)['slotState'] | `unknown(${number})`;
export type UpdatePhase = keyof (typeof enums)['updatePhase'] | `unknown(${number})`;
export type UpdateReason = keyof (typeof enums)['updateReason'] | `unknown(${number})`;
export type LogLevel = keyof (typeof enums)['logLevel'] | `unknown(${number})`;
export type LogCode = keyof (typeof enums)['logCode'] | `unknown(${number})`;

export interface FieldDescription {
  readonly id: number;
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'u64' | 'bool' | 'enum' | 'bytes' | 'string';
  readonly enumName?: EnumName;
  /** Only u32 and i32; packed. */
  readonly repeated: boolean;
}

export interface RequestDescription {
  readonly id: number;
  readonly name: string;
  readonly request: readonly FieldDescription[];
  readonly response: readonly FieldDescription[];
}

export interface EventDescription {
  readonly id: number;
  readonly name: string;
  readonly event: readonly FieldDescription[];
}

export const messages = {
  hello: {
    id: 1,
    name: 'hello',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'protocolVersion', type: 'u32', repeated: false },
      { id: 4, name: 'firmwareVersion', type: 'string', repeated: false },
      { id: 5, name: 'board', type: 'string', repeated: false },
      { id: 6, name: 'serialNumber', type: 'string', repeated: false },
      { id: 7, name: 'dictionaryHash', type: 'u32', repeated: false },
      { id: 8, name: 'dictionaryBytes', type: 'u32', repeated: false },
      { id: 9, name: 'maxFrameBytes', type: 'u32', repeated: false },
      { id: 10, name: 'sampleRateHz', type: 'u32', repeated: false },
      { id: 11, name: 'uptimeMs', type: 'u32', repeated: false },
      { id: 12, name: 'resetReason', type: 'enum', enumName: 'resetReason', repeated: false },
      { id: 13, name: 'addedLatencySamples', type: 'u32', repeated: false },
      { id: 14, name: 'storeValid', type: 'bool', repeated: false },
      { id: 15, name: 'safeMode', type: 'bool', repeated: false },
    ],
  },
  ping: {
    id: 2,
    name: 'ping',
    request: [
      { id: 1, name: 'token', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'token', type: 'u32', repeated: false },
      { id: 4, name: 'uptimeMs', type: 'u32', repeated: false },
    ],
  },
  readDictionary: {
    id: 3,
    name: 'readDictionary',
    request: [
      { id: 1, name: 'offset', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'offset', type: 'u32', repeated: false },
      { id: 4, name: 'data', type: 'bytes', repeated: false },
    ],
  },
  getParameters: {
    id: 4,
    name: 'getParameters',
    request: [
      { id: 1, name: 'ids', type: 'u32', repeated: true },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'ids', type: 'u32', repeated: true },
      { id: 4, name: 'values', type: 'i32', repeated: true },
      { id: 5, name: 'stored', type: 'i32', repeated: true },
      { id: 6, name: 'defaults', type: 'i32', repeated: true },
    ],
  },
  setParameter: {
    id: 5,
    name: 'setParameter',
    request: [
      { id: 1, name: 'id', type: 'u32', repeated: false },
      { id: 2, name: 'value', type: 'i32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'id', type: 'u32', repeated: false },
      { id: 4, name: 'value', type: 'i32', repeated: false },
    ],
  },
  storeParameters: {
    id: 6,
    name: 'storeParameters',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'count', type: 'u32', repeated: false },
      { id: 4, name: 'crc', type: 'u32', repeated: false },
    ],
  },
  revertParameters: {
    id: 7,
    name: 'revertParameters',
    request: [
      { id: 1, name: 'ids', type: 'u32', repeated: true },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'count', type: 'u32', repeated: false },
    ],
  },
  resetParameters: {
    id: 8,
    name: 'resetParameters',
    request: [
      { id: 1, name: 'ids', type: 'u32', repeated: true },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'count', type: 'u32', repeated: false },
    ],
  },
  readBlock: {
    id: 9,
    name: 'readBlock',
    request: [
      { id: 1, name: 'block', type: 'enum', enumName: 'block', repeated: false },
      { id: 2, name: 'offset', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'block', type: 'enum', enumName: 'block', repeated: false },
      { id: 4, name: 'offset', type: 'u32', repeated: false },
      { id: 5, name: 'totalBytes', type: 'u32', repeated: false },
      { id: 6, name: 'data', type: 'bytes', repeated: false },
    ],
  },
  writeBlock: {
    id: 10,
    name: 'writeBlock',
    request: [
      { id: 1, name: 'block', type: 'enum', enumName: 'block', repeated: false },
      { id: 2, name: 'offset', type: 'u32', repeated: false },
      { id: 3, name: 'totalBytes', type: 'u32', repeated: false },
      { id: 4, name: 'data', type: 'bytes', repeated: false },
      { id: 5, name: 'crc', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'offset', type: 'u32', repeated: false },
    ],
  },
  setStream: {
    id: 11,
    name: 'setStream',
    request: [
      { id: 1, name: 'stream', type: 'u32', repeated: false },
      { id: 2, name: 'enabled', type: 'bool', repeated: false },
      { id: 3, name: 'channels', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'stream', type: 'u32', repeated: false },
    ],
  },
  guardClear: {
    id: 12,
    name: 'guardClear',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'guard', type: 'enum', enumName: 'guard', repeated: false },
    ],
  },
  resetWeights: {
    id: 13,
    name: 'resetWeights',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  getLinkStats: {
    id: 14,
    name: 'getLinkStats',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'rxFrames', type: 'u32', repeated: false },
      { id: 4, name: 'rxDamaged', type: 'u32', repeated: false },
      { id: 5, name: 'rxUnknown', type: 'u32', repeated: false },
      { id: 6, name: 'txFrames', type: 'u32', repeated: false },
      { id: 7, name: 'txDropped', type: 'u32', repeated: false },
    ],
  },
  reboot: {
    id: 15,
    name: 'reboot',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  measureLatency: {
    id: 28,
    name: 'measureLatency',
    request: [
      { id: 1, name: 'start', type: 'bool', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'runs', type: 'bool', repeated: false },
      { id: 4, name: 'heard', type: 'bool', repeated: false },
      { id: 5, name: 'delaySamples', type: 'u32', repeated: false },
      { id: 6, name: 'peakTenthDb', type: 'i32', repeated: false },
    ],
  },
  identify: {
    id: 16,
    name: 'identify',
    request: [
      { id: 1, name: 'excitation', type: 'enum', enumName: 'excitation', repeated: false },
      { id: 2, name: 'maxDriveTenthDb', type: 'i32', repeated: false },
      { id: 3, name: 'durationMs', type: 'u32', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  identifyAbort: {
    id: 17,
    name: 'identifyAbort',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  getIdentification: {
    id: 18,
    name: 'getIdentification',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'phase', type: 'enum', enumName: 'identifyPhase', repeated: false },
      { id: 4, name: 'reason', type: 'enum', enumName: 'identifyReason', repeated: false },
      { id: 5, name: 'driveTenthDb', type: 'i32', repeated: false },
      { id: 6, name: 'backgroundTenthDb', type: 'i32', repeated: false },
      { id: 7, name: 'erleTenthDb', type: 'i32', repeated: false },
      { id: 8, name: 'octavesTenthDb', type: 'i32', repeated: true },
      { id: 9, name: 'delaySamples', type: 'u32', repeated: false },
      { id: 10, name: 'modelTaps', type: 'u32', repeated: false },
      { id: 11, name: 'controlTaps', type: 'u32', repeated: false },
      { id: 12, name: 'stepSize', type: 'u32', repeated: false },
    ],
  },
  getUpdate: {
    id: 19,
    name: 'getUpdate',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'phase', type: 'enum', enumName: 'updatePhase', repeated: false },
      { id: 4, name: 'reason', type: 'enum', enumName: 'updateReason', repeated: false },
      { id: 5, name: 'heldBytes', type: 'u32', repeated: false },
      { id: 6, name: 'totalBytes', type: 'u32', repeated: false },
      { id: 7, name: 'sha256', type: 'bytes', repeated: false },
      { id: 8, name: 'chip', type: 'string', repeated: false },
      { id: 9, name: 'slotBytes', type: 'u32', repeated: false },
      { id: 10, name: 'runningState', type: 'enum', enumName: 'slotState', repeated: false },
      { id: 11, name: 'runningVersion', type: 'string', repeated: false },
      { id: 12, name: 'otherState', type: 'enum', enumName: 'slotState', repeated: false },
      { id: 13, name: 'otherVersion', type: 'string', repeated: false },
      { id: 14, name: 'stopsAudio', type: 'bool', repeated: false },
      { id: 15, name: 'trialLeftMs', type: 'u32', repeated: false },
      { id: 16, name: 'health', type: 'u32', repeated: false },
      { id: 17, name: 'verifiedBytes', type: 'u32', repeated: false },
    ],
  },
  updateBegin: {
    id: 20,
    name: 'updateBegin',
    request: [
      { id: 1, name: 'totalBytes', type: 'u32', repeated: false },
      { id: 2, name: 'sha256', type: 'bytes', repeated: false },
      { id: 3, name: 'chip', type: 'string', repeated: false },
      { id: 4, name: 'board', type: 'string', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'phase', type: 'enum', enumName: 'updatePhase', repeated: false },
      { id: 4, name: 'reason', type: 'enum', enumName: 'updateReason', repeated: false },
      { id: 5, name: 'heldBytes', type: 'u32', repeated: false },
    ],
  },
  updateChunk: {
    id: 21,
    name: 'updateChunk',
    request: [
      { id: 1, name: 'offset', type: 'u32', repeated: false },
      { id: 2, name: 'data', type: 'bytes', repeated: false },
    ],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
      { id: 3, name: 'heldBytes', type: 'u32', repeated: false },
    ],
  },
  updateFinish: {
    id: 22,
    name: 'updateFinish',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  updateConfirm: {
    id: 23,
    name: 'updateConfirm',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  updateRollBack: {
    id: 24,
    name: 'updateRollBack',
    request: [],
    response: [
      { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
      { id: 2, name: 'detail', type: 'string', repeated: false },
    ],
  },
  telemetry: {
    id: 32,
    name: 'telemetry',
    event: [
      { id: 1, name: 'sampleIndex', type: 'u64', repeated: false },
      { id: 2, name: 'mode', type: 'enum', enumName: 'mode', repeated: false },
      { id: 3, name: 'guard', type: 'enum', enumName: 'guard', repeated: false },
      { id: 4, name: 'referenceMeanSquare', type: 'u64', repeated: false },
      { id: 5, name: 'errorMeanSquare', type: 'u64', repeated: false },
      { id: 6, name: 'outputMeanSquare', type: 'u64', repeated: false },
      { id: 7, name: 'disturbanceMeanSquare', type: 'u64', repeated: false },
      { id: 8, name: 'referencePeak', type: 'u32', repeated: false },
      { id: 9, name: 'errorPeak', type: 'u32', repeated: false },
      { id: 10, name: 'outputPeak', type: 'u32', repeated: false },
      { id: 11, name: 'clippedSamples', type: 'u32', repeated: false },
      { id: 12, name: 'limitedSamples', type: 'u32', repeated: false },
      { id: 13, name: 'rollbacks', type: 'u32', repeated: false },
      { id: 14, name: 'cpuPermille', type: 'u32', repeated: false },
      { id: 15, name: 'deadlineMisses', type: 'u32', repeated: false },
      { id: 16, name: 'weightsPeak', type: 'u32', repeated: false },
      { id: 17, name: 'streamDropped', type: 'u32', repeated: false },
      { id: 18, name: 'impulses', type: 'u32', repeated: false },
      { id: 19, name: 'notches', type: 'u32', repeated: false },
      { id: 20, name: 'wind', type: 'bool', repeated: false },
      { id: 21, name: 'dropouts', type: 'u32', repeated: false },
    ],
  },
  signals: {
    id: 33,
    name: 'signals',
    event: [
      { id: 1, name: 'sampleIndex', type: 'u64', repeated: false },
      { id: 2, name: 'channels', type: 'u32', repeated: false },
      { id: 3, name: 'samples', type: 'bytes', repeated: false },
    ],
  },
  log: {
    id: 34,
    name: 'log',
    event: [
      { id: 1, name: 'level', type: 'enum', enumName: 'logLevel', repeated: false },
      { id: 2, name: 'code', type: 'enum', enumName: 'logCode', repeated: false },
      { id: 3, name: 'uptimeMs', type: 'u32', repeated: false },
      { id: 4, name: 'value', type: 'i32', repeated: false },
      { id: 5, name: 'text', type: 'string', repeated: false },
    ],
  },
  identification: {
    id: 35,
    name: 'identification',
    event: [
      { id: 1, name: 'phase', type: 'enum', enumName: 'identifyPhase', repeated: false },
      { id: 2, name: 'reason', type: 'enum', enumName: 'identifyReason', repeated: false },
      { id: 3, name: 'progressPermille', type: 'u32', repeated: false },
      { id: 4, name: 'driveTenthDb', type: 'i32', repeated: false },
      { id: 5, name: 'levelTenthDb', type: 'i32', repeated: false },
      { id: 6, name: 'erleTenthDb', type: 'i32', repeated: false },
    ],
  },
} as const satisfies Record<string, RequestDescription | EventDescription>;

export type HelloRequest = Record<never, never>;

export interface HelloResponse {
  readonly status: Status;
  readonly detail: string;
  readonly protocolVersion: number;
  readonly firmwareVersion: string;
  readonly board: string;
  readonly serialNumber: string;
  readonly dictionaryHash: number;
  readonly dictionaryBytes: number;
  readonly maxFrameBytes: number;
  readonly sampleRateHz: number;
  readonly uptimeMs: number;
  readonly resetReason: ResetReason;
  readonly addedLatencySamples: number;
  readonly storeValid: boolean;
  readonly safeMode: boolean;
}

export interface PingRequest {
  readonly token: number;
}

export interface PingResponse {
  readonly status: Status;
  readonly detail: string;
  readonly token: number;
  readonly uptimeMs: number;
}

export interface ReadDictionaryRequest {
  readonly offset: number;
}

export interface ReadDictionaryResponse {
  readonly status: Status;
  readonly detail: string;
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface GetParametersRequest {
  readonly ids: readonly number[];
}

export interface GetParametersResponse {
  readonly status: Status;
  readonly detail: string;
  readonly ids: readonly number[];
  readonly values: readonly number[];
  readonly stored: readonly number[];
  readonly defaults: readonly number[];
}

export interface SetParameterRequest {
  readonly id: number;
  readonly value: number;
}

export interface SetParameterResponse {
  readonly status: Status;
  readonly detail: string;
  readonly id: number;
  readonly value: number;
}

export type StoreParametersRequest = Record<never, never>;

export interface StoreParametersResponse {
  readonly status: Status;
  readonly detail: string;
  readonly count: number;
  readonly crc: number;
}

export interface RevertParametersRequest {
  readonly ids: readonly number[];
}

export interface RevertParametersResponse {
  readonly status: Status;
  readonly detail: string;
  readonly count: number;
}

export interface ResetParametersRequest {
  readonly ids: readonly number[];
}

export interface ResetParametersResponse {
  readonly status: Status;
  readonly detail: string;
  readonly count: number;
}

export interface ReadBlockRequest {
  readonly block: Block;
  readonly offset: number;
}

export interface ReadBlockResponse {
  readonly status: Status;
  readonly detail: string;
  readonly block: Block;
  readonly offset: number;
  readonly totalBytes: number;
  readonly data: Uint8Array;
}

export interface WriteBlockRequest {
  readonly block: Block;
  readonly offset: number;
  readonly totalBytes: number;
  readonly data: Uint8Array;
  readonly crc: number;
}

export interface WriteBlockResponse {
  readonly status: Status;
  readonly detail: string;
  readonly offset: number;
}

export interface SetStreamRequest {
  readonly stream: number;
  readonly enabled: boolean;
  readonly channels: number;
}

export interface SetStreamResponse {
  readonly status: Status;
  readonly detail: string;
  readonly stream: number;
}

export type GuardClearRequest = Record<never, never>;

export interface GuardClearResponse {
  readonly status: Status;
  readonly detail: string;
  readonly guard: Guard;
}

export type ResetWeightsRequest = Record<never, never>;

export interface ResetWeightsResponse {
  readonly status: Status;
  readonly detail: string;
}

export type GetLinkStatsRequest = Record<never, never>;

export interface GetLinkStatsResponse {
  readonly status: Status;
  readonly detail: string;
  readonly rxFrames: number;
  readonly rxDamaged: number;
  readonly rxUnknown: number;
  readonly txFrames: number;
  readonly txDropped: number;
}

export type RebootRequest = Record<never, never>;

export interface RebootResponse {
  readonly status: Status;
  readonly detail: string;
}

export interface MeasureLatencyRequest {
  readonly start: boolean;
}

export interface MeasureLatencyResponse {
  readonly status: Status;
  readonly detail: string;
  readonly runs: boolean;
  readonly heard: boolean;
  readonly delaySamples: number;
  readonly peakTenthDb: number;
}

export interface IdentifyRequest {
  readonly excitation: Excitation;
  readonly maxDriveTenthDb: number;
  readonly durationMs: number;
}

export interface IdentifyResponse {
  readonly status: Status;
  readonly detail: string;
}

export type IdentifyAbortRequest = Record<never, never>;

export interface IdentifyAbortResponse {
  readonly status: Status;
  readonly detail: string;
}

export type GetIdentificationRequest = Record<never, never>;

export interface GetIdentificationResponse {
  readonly status: Status;
  readonly detail: string;
  readonly phase: IdentifyPhase;
  readonly reason: IdentifyReason;
  readonly driveTenthDb: number;
  readonly backgroundTenthDb: number;
  readonly erleTenthDb: number;
  readonly octavesTenthDb: readonly number[];
  readonly delaySamples: number;
  readonly modelTaps: number;
  readonly controlTaps: number;
  readonly stepSize: number;
}

export type GetUpdateRequest = Record<never, never>;

export interface GetUpdateResponse {
  readonly status: Status;
  readonly detail: string;
  readonly phase: UpdatePhase;
  readonly reason: UpdateReason;
  readonly heldBytes: number;
  readonly totalBytes: number;
  readonly sha256: Uint8Array;
  readonly chip: string;
  readonly slotBytes: number;
  readonly runningState: SlotState;
  readonly runningVersion: string;
  readonly otherState: SlotState;
  readonly otherVersion: string;
  readonly stopsAudio: boolean;
  readonly trialLeftMs: number;
  readonly health: number;
  readonly verifiedBytes: number;
}

export interface UpdateBeginRequest {
  readonly totalBytes: number;
  readonly sha256: Uint8Array;
  readonly chip: string;
  readonly board: string;
}

export interface UpdateBeginResponse {
  readonly status: Status;
  readonly detail: string;
  readonly phase: UpdatePhase;
  readonly reason: UpdateReason;
  readonly heldBytes: number;
}

export interface UpdateChunkRequest {
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface UpdateChunkResponse {
  readonly status: Status;
  readonly detail: string;
  readonly heldBytes: number;
}

export type UpdateFinishRequest = Record<never, never>;

export interface UpdateFinishResponse {
  readonly status: Status;
  readonly detail: string;
}

export type UpdateConfirmRequest = Record<never, never>;

export interface UpdateConfirmResponse {
  readonly status: Status;
  readonly detail: string;
}

export type UpdateRollBackRequest = Record<never, never>;

export interface UpdateRollBackResponse {
  readonly status: Status;
  readonly detail: string;
}

export interface TelemetryEvent {
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
  readonly weightsPeak: number;
  readonly streamDropped: number;
  readonly impulses: number;
  readonly notches: number;
  readonly wind: boolean;
  readonly dropouts: number;
}

export interface SignalsEvent {
  readonly sampleIndex: number;
  readonly channels: number;
  readonly samples: Uint8Array;
}

export interface LogEvent {
  readonly level: LogLevel;
  readonly code: LogCode;
  readonly uptimeMs: number;
  readonly value: number;
  readonly text: string;
}

export interface IdentificationEvent {
  readonly phase: IdentifyPhase;
  readonly reason: IdentifyReason;
  readonly progressPermille: number;
  readonly driveTenthDb: number;
  readonly levelTenthDb: number;
  readonly erleTenthDb: number;
}

export interface Requests {
  hello: { request: HelloRequest; response: HelloResponse };
  ping: { request: PingRequest; response: PingResponse };
  readDictionary: { request: ReadDictionaryRequest; response: ReadDictionaryResponse };
  getParameters: { request: GetParametersRequest; response: GetParametersResponse };
  setParameter: { request: SetParameterRequest; response: SetParameterResponse };
  storeParameters: { request: StoreParametersRequest; response: StoreParametersResponse };
  revertParameters: { request: RevertParametersRequest; response: RevertParametersResponse };
  resetParameters: { request: ResetParametersRequest; response: ResetParametersResponse };
  readBlock: { request: ReadBlockRequest; response: ReadBlockResponse };
  writeBlock: { request: WriteBlockRequest; response: WriteBlockResponse };
  setStream: { request: SetStreamRequest; response: SetStreamResponse };
  guardClear: { request: GuardClearRequest; response: GuardClearResponse };
  resetWeights: { request: ResetWeightsRequest; response: ResetWeightsResponse };
  getLinkStats: { request: GetLinkStatsRequest; response: GetLinkStatsResponse };
  reboot: { request: RebootRequest; response: RebootResponse };
  measureLatency: { request: MeasureLatencyRequest; response: MeasureLatencyResponse };
  identify: { request: IdentifyRequest; response: IdentifyResponse };
  identifyAbort: { request: IdentifyAbortRequest; response: IdentifyAbortResponse };
  getIdentification: { request: GetIdentificationRequest; response: GetIdentificationResponse };
  getUpdate: { request: GetUpdateRequest; response: GetUpdateResponse };
  updateBegin: { request: UpdateBeginRequest; response: UpdateBeginResponse };
  updateChunk: { request: UpdateChunkRequest; response: UpdateChunkResponse };
  updateFinish: { request: UpdateFinishRequest; response: UpdateFinishResponse };
  updateConfirm: { request: UpdateConfirmRequest; response: UpdateConfirmResponse };
  updateRollBack: { request: UpdateRollBackRequest; response: UpdateRollBackResponse };
}

export interface Events {
  telemetry: TelemetryEvent;
  signals: SignalsEvent;
  log: LogEvent;
  identification: IdentificationEvent;
}
