import type { Accounts, TicketStore } from '../accounts/index.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { RecordingsStore } from '../recordings/recordings-store.ts';
import type { SessionsStore } from '../sessions-store/sessions-store.ts';
import type { Database } from '../storage/index.ts';
import type { JobQueue } from './job-queue.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Origins } from './origins.ts';
import type { Readiness } from './readiness.ts';

/** What the routes reach; each part is made by `start-server.ts`. */
export interface Services {
  readonly database: Database;
  readonly accounts: Accounts;
  readonly sessions: SessionsStore;
  readonly tickets: TicketStore;
  readonly live: LiveSessions;
  readonly recordings: RecordingsStore;
  readonly jobs: JobQueue;
  /** jobs that a user ordered, with their results */
  readonly eraseJobs: (userId: string) => Promise<void>;
  readonly limiter: RateLimiter;
  readonly readiness: Readiness;
  readonly origins: Origins;
  readonly metrics: { registered(kind: 'user' | 'guest'): void };
}
