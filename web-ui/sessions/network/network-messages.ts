import type { ServerMessage, SessionSettings } from '../../../host/sessions/protocol/index.ts';
import type { JitterStats } from '../audio/jitter-buffer.ts';
import type { OutputLatency } from '../audio/audio-context.ts';
import type { Levels } from '../measure/before-after.ts';
import type { LatencyTable } from '../measure/latency-log.ts';
import type { Admission, ClientState } from './session-client.ts';

/** What a thread can tell another one of an error. */
export interface PlainError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** page → network worker */
export type ToNetwork =
  | {
      readonly kind: 'start';
      readonly settings: SessionSettings;
      /** `ws://host` or `wss://host` */
      readonly origin: string;
      /** of the capture and the playback worklet */
      readonly capture: MessagePort;
      readonly playback: MessagePort;
      /** what the browser says about the microphone, ms */
      readonly inputMs: number;
    }
  | { readonly kind: 'admission'; readonly request: number; readonly admission: Admission }
  | { readonly kind: 'refusal'; readonly request: number; readonly error: PlainError }
  | { readonly kind: 'settings'; readonly settings: Partial<SessionSettings> }
  | { readonly kind: 'output'; readonly latency: OutputLatency }
  | { readonly kind: 'end' };

/** network worker → page */
export type FromNetwork =
  /** The page has the account: a new session with the settings, or a ticket for one that goes on. */
  | {
      readonly kind: 'admit';
      readonly request: number;
      readonly sessionId: string | null;
      readonly settings: SessionSettings | null;
    }
  | { readonly kind: 'state'; readonly state: PlainState }
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'figures'; readonly figures: NetworkFigures }
  /** the last second, for the spectra */
  | { readonly kind: 'sound'; readonly before: Float64Array; readonly after: Float64Array };

export type PlainState =
  | Exclude<ClientState, { readonly kind: 'ended' }>
  | { readonly kind: 'ended'; readonly reason: string; readonly error: PlainError | null };

export interface NetworkFigures {
  readonly levels: Levels;
  readonly latency: LatencyTable | null;
  readonly jitter: JitterStats | null;
  readonly unsent: number;
}
