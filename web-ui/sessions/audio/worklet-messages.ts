import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';
import type { JitterStats, Start } from './jitter-buffer.ts';

/** capture-worklet → network worker, a chunk each */
export interface Captured {
  /** of the first sample */
  readonly frame: number;
  /** two channels interleaved */
  readonly samples: Float32Array;
}

/** page → capture-worklet, as processorOptions */
export interface CaptureOptions {
  readonly channels: 1 | 2;
  /** the microphone’s second channel is the primary */
  readonly swapped: boolean;
  readonly chunkSamples: number;
}

/** page → capture-worklet */
export type ToCapture = { readonly network: MessagePort } | Pick<CaptureOptions, 'swapped'>;

/** page → playback-worklet: where chunks come from */
export interface ToPlayback {
  readonly network: MessagePort;
}

/** network worker → playback-worklet */
export interface Playable {
  readonly sequence: number;
  readonly samples: Float32Array;
}

/** playback-worklet → network worker, about 23 a second */
export interface PlaybackReport {
  /** `takenAtMs` by Date.now(), in whole ms */
  readonly starts: readonly (Start & { readonly takenAtMs: number })[];
  readonly stats: JitterStats;
}

/** page → local-worklet, as processorOptions */
export interface LocalOptions {
  readonly module: WebAssembly.Module;
  readonly settings: SessionSettings;
  readonly swapped: boolean;
}

/** page → local-worklet: of these the intensity and the step size change at once */
export type ToLocal = SessionSettings;

/** local-worklet → page: a chunk before and after, or why there is none */
export type FromLocal =
  | { readonly frame: number; readonly before: Float32Array; readonly after: Float32Array }
  | { readonly failure: string; readonly hint: string };
