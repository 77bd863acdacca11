import type { WavFormat } from '../../../dsp-reference/src/audio/wav.ts';
import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';
import type { Spectra } from '../measure/spectra.ts';
import type { NamedBytes } from './recording.ts';

/** page → worker */
export type ToCleaner =
  | { readonly kind: 'read'; readonly files: readonly NamedBytes[] }
  | {
      readonly kind: 'clean';
      readonly module: WebAssembly.Module;
      readonly settings: SessionSettings;
      readonly swapped: boolean;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'encode' };

export interface RecordingView {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly format: WavFormat;
  readonly channels: 1 | 2;
  readonly seconds: number;
  readonly notes: readonly string[];
}

export interface CleanedView {
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly elapsedMs: number;
  /** input over output over the last half, all frequencies, dB; null for silence */
  readonly reductionDb: number | null;
  /** samples at or beyond full scale of the format */
  readonly clippedSamples: number;
  /** over the last half, at most 30 s */
  readonly spectra: Spectra | null;
}

/** worker → page */
export type FromCleaner =
  | { readonly kind: 'read'; readonly recording: RecordingView }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'cleaned'; readonly cleaned: CleanedView }
  | { readonly kind: 'encoded'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'failure';
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
    };
