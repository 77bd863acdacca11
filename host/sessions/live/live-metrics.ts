import type { NoiseKind } from '../protocol/index.ts';
import type { EndReason } from './session-directory.ts';

/** Who counts what the live sessions do. Calls are quick and do not throw. */
export interface LiveMetrics {
  sessionStarted(): void;
  sessionEnded(reason: EndReason, seconds: number): void;
  /** Of one session, once a second. */
  second(figures: LiveSecond): void;
  noise(kind: NoiseKind, emergency: boolean): void;
  error(code: string, count: number): void;
}

export interface LiveSecond {
  readonly sessionId: string;
  readonly processed: number;
  readonly dropped: number;
  readonly filled: number;
  readonly refused: number;
  /** of each chunk, receiving to sending; valid during the call, as are its parts below */
  readonly latenciesMs: Float32Array;
  readonly queueMs: Float32Array;
  readonly filterMs: Float32Array;
  /** null without sound */
  readonly cancellationDb: number | null;
}

export const noMetrics: LiveMetrics = {
  sessionStarted: () => {},
  sessionEnded: () => {},
  second: () => {},
  noise: () => {},
  error: () => {},
};

/** As pino’s methods. */
export interface LiveLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const noLog: LiveLog = { info: () => {}, warn: () => {}, error: () => {} };
