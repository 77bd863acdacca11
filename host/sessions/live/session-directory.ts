import type { NoiseEvent, SessionSettings, SessionStats } from '../protocol/index.ts';

/** What the live part needs of the rest of the server: who may run which session, and where its figures go. */
export interface SessionDirectory {
  /**
   * Spends the credentials of a WebSocket for one session.
   * @throws SessionRefusal
   */
  admit(sessionId: string, credentials: Credentials): Promise<AdmittedSession>;
  /** Every 10 s and at the end; a failure is logged and never stops the audio. */
  progress(sessionId: string, progress: SessionProgress): Promise<void>;
  noise(sessionId: string, event: NoiseEvent): Promise<void>;
  /**
   * The session is over for good: by its client, by its owner through the API, or idle for too long. With `shutdown` it is
   * over on this instance alone: the client may go on with it on another.
   */
  ended(sessionId: string, reason: EndReason, last: SessionProgress): Promise<void>;
}

export interface Credentials {
  /** of the subprotocol `ticket.…`, single use */
  readonly ticket?: string;
  readonly authorization?: string;
  readonly apiKey?: string;
  /** address of the client, after trusted proxies */
  readonly address: string;
}

export interface AdmittedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly settings: SessionSettings;
  /** chunks that earlier connections had processed; 0 for a new session */
  readonly chunksBefore: number;
}

export interface SessionProgress {
  readonly settings: SessionSettings;
  readonly stats: SessionStats;
  /** octave bands, dBFS, mean square since the last progress; null where nothing came */
  readonly bands: readonly BandLevels[];
}

export interface BandLevels {
  readonly centreHz: number;
  readonly inputDbfs: number | null;
  readonly outputDbfs: number | null;
}

export type EndReason = 'client' | 'owner' | 'idle' | 'shutdown' | 'replaced';

/** `status` is the HTTP status of the refused upgrade, `code` is stable. */
export class SessionRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, hint: string | null = null) {
    super(message);
    this.name = 'SessionRefusal';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}
