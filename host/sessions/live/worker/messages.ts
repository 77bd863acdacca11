import type { FrameErrorCode, NoiseKind, SessionSettings } from '../../protocol/index.ts';

/** Sessions have numbers here that are never used again, so a late answer reaches nobody else. */
export type ToWorker =
  | { readonly kind: 'open'; readonly session: number; readonly settings: SessionSettings }
  | { readonly kind: 'settings'; readonly session: number; readonly settings: SessionSettings }
  | { readonly kind: 'close'; readonly session: number }
  /** `input` holds `bytes` of entries; `output` has space for all answers. Both come back. */
  | {
      readonly kind: 'chunks';
      readonly input: ArrayBuffer;
      readonly bytes: number;
      readonly output: ArrayBuffer;
    };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** There is no filter for that session: the memory is full. */
  | { readonly kind: 'failed'; readonly session: number; readonly message: string }
  | {
      readonly kind: 'done';
      readonly input: ArrayBuffer;
      readonly output: ArrayBuffer;
      readonly bytes: number;
      readonly seconds: readonly SecondReport[] | null;
    };

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
