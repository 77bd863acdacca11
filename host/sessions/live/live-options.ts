import type { IncomingMessage } from 'node:http';
import type { LiveLimiter } from './live-limiter.ts';
import type { LiveLog, LiveMetrics } from './live-metrics.ts';
import type { SessionDirectory } from './session-directory.ts';

export interface LiveOptions {
  readonly directory: SessionDirectory;
  /** whether a page from there may open a WebSocket; `undefined` comes from programs */
  readonly allowsOrigin: (origin: string | undefined, request: IncomingMessage) => boolean;
  /** the client’s address, after trusted proxies; default the socket’s */
  readonly addressOf?: (request: IncomingMessage) => string;
  readonly limiter?: LiveLimiter;
  readonly metrics?: LiveMetrics;
  readonly log?: LiveLog;
  /** hears which sessions run in this process */
  readonly registry?: LiveRegistry;
  /** default: one less than the cores, at least two */
  readonly workers?: number;
  /** how many times as fast as real time one connection may send; default 1 */
  readonly speed?: number;
  /** of this process; default 1000 */
  readonly maxSessions?: number;
  /** a client may come back within it; default 30 s */
  readonly graceMs?: number;
  /** a connection without chunks is closed after it; default 60 s */
  readonly idleMs?: number;
  /** default 15 s */
  readonly heartbeatMs?: number;
  /** default 10 s */
  readonly progressMs?: number;
}

export interface LiveRegistry {
  opened(sessionId: string): void;
  closed(sessionId: string): void;
}
