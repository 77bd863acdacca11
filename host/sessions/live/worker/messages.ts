import type { FrameErrorCode, NoiseKind, SessionSettings } from '../../protocol/index.ts';

/** Sessions have numbers here that are never used again, so a late answer reaches nobody else. */
export type ToWorker =
  | { readonly kind: 'open'; readonly session: number; readonly settings: SessionSettings }
  | { readonly kind: 'settings'; readonly session: number; readonly settings: SessionSettings }
  | { readonly kind: 'close'; readonly session: number }
  | { readonly kind: 'piece'; readonly index: number; readonly memory: SharedArrayBuffer }
  /** `pieceUnit` times the piece’s index, plus the bytes in it: the piece is the worker’s now */
  | number;

export type FromWorker =
  | { readonly kind: 'ready' }
  /** There is no filter for that session: the memory is full. */
  | { readonly kind: 'failed'; readonly session: number; readonly message: string }
  | { readonly kind: 'second'; readonly report: SecondReport }
  /** the same number: the piece is the sockets’ again */
  | number;

export const pieceUnit = 2 ** 24;

/** Of one session’s last second of sound; means of squares, full scale 1. */
export interface SecondReport {
  readonly session: number;
  readonly samples: number;
  readonly inputSquares: number;
  readonly outputSquares: number;
  /** of each octave, input and output in turn */
  readonly bands: Float64Array;
  readonly noise: ClassifiedNoise | null;
}

export interface ClassifiedNoise {
  readonly kind: NoiseKind;
  readonly confidence: number;
}

/** Why a chunk was refused, by its place. The worker looks at the samples, the sockets’ thread at the rest. */
export const refusals = [
  'FRAME_NOT_FINITE',
  'FRAME_OUT_OF_RANGE',
] as const satisfies FrameErrorCode[];
