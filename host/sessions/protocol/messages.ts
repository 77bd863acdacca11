import type { SessionSettings } from './settings.ts';

/**
 * JSON text messages of `/api/v1/sessions/ID/audio`. The client opens it with the subprotocols `anc.v1` and
 * `ticket.TICKET`, a ticket that `POST /api/v1/sessions` or `POST /api/v1/sessions/ID/tickets` gave, once; programs may
 * send `Authorization` or `X-API-Key` instead. Chunks travel as binary frames (`audio-frame.ts`), or as `audio_chunk`.
 */
export type ClientMessage =
  | { readonly type: 'settings'; readonly settings: Partial<SessionSettings> }
  /** for the client to learn the offset of the clocks, as NTP does */
  | { readonly type: 'ping'; readonly clientMs: number }
  | AudioChunk
  | { readonly type: 'end' };

/** For clients that cannot send binary frames: base64 of little-endian float32, two channels interleaved. */
export interface AudioChunk {
  readonly type: 'audio_chunk';
  readonly audio_data: string;
  readonly sequence?: number;
  readonly timestamp?: number;
}

export interface ProcessedChunk {
  readonly type: 'processed_chunk';
  readonly audio_data: string;
  readonly sequence: number;
  readonly timestamp: number;
  readonly latency_ms: number;
}

export type ServerMessage =
  | {
      readonly type: 'ready';
      readonly sessionId: string;
      readonly settings: SessionSettings;
      /** what the canceller can do with these channels, in a sentence */
      readonly ability: string;
      /** true when the session went on, here or on another instance */
      readonly resumed: boolean;
      /** true: the filter goes on as it was; false: it learns anew, on a new session or another instance */
      readonly filterKept: boolean;
    }
  | { readonly type: 'settings'; readonly settings: SessionSettings }
  | { readonly type: 'pong'; readonly clientMs: number; readonly serverMs: number }
  | ({ readonly type: 'stats' } & SessionStats)
  | ProcessedChunk
  | { readonly type: 'noise'; readonly event: NoiseEvent }
  /** no new sessions here: the client ends or goes to another instance within the time */
  | { readonly type: 'draining'; readonly deadlineMs: number }
  | { readonly type: 'ended'; readonly reason: string; readonly summary: SessionStats }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
    };

/** Counters since the start; levels and latencies of the last second. */
export interface SessionStats {
  readonly chunksProcessed: number;
  /** thrown away because the queue was full */
  readonly chunksDropped: number;
  /** silence in place of chunks that did not come in time */
  readonly chunksFilled: number;
  /** refused: malformed, not finite, too many */
  readonly chunksRefused: number;
  /** chunks that wait now */
  readonly queueDepth: number;
  /** dBFS, mean square over the second, full-scale sine = −3 */
  readonly inputDbfs: number | null;
  readonly outputDbfs: number | null;
  /** input over output, dB: positive is less. Speech that stays counts against it. */
  readonly cancellationDb: number | null;
  readonly latency: ServerLatency;
}

/** What the server adds, ms: queue and filter, receiving to sending. */
export interface ServerLatency {
  readonly queueMs: Percentiles;
  readonly filterMs: Percentiles;
  readonly totalMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface NoiseEvent {
  /** ISO 8601 */
  readonly at: string;
  readonly kind: NoiseKind;
  /** 0..1 */
  readonly confidence: number;
  readonly levelDbfs: number;
  /** a siren or alarm that the listener should hear */
  readonly emergency: boolean;
}

export const noiseKinds = ['quiet', 'hum', 'broadband', 'speech', 'impulse', 'siren'] as const;
export type NoiseKind = (typeof noiseKinds)[number];
