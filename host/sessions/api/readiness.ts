import type { Redis } from 'ioredis';
import type { Database } from '../storage/index.ts';
import type { JobQueue } from './job-queue.ts';
import type { LiveSessions } from './live-sessions.ts';

export interface PartState {
  readonly state: 'ready' | 'failed' | 'absent';
  readonly detail: string | null;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'notReady' | 'draining';
  readonly parts: Readonly<Record<'database' | 'redis' | 'workers' | 'jobs', PartState>>;
}

export interface ReadinessParts {
  readonly database: Database;
  readonly redis: Redis | null;
  readonly live: LiveSessions;
  readonly jobs: JobQueue;
}

const answerWithinMs = 2000;
const ready: PartState = { state: 'ready', detail: null };
const absent: PartState = { state: 'absent', detail: null };

/** Whether a load balancer should send new users here. */
export class Readiness {
  #parts: ReadinessParts;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  async report(): Promise<ReadinessReport> {
    const { database, redis, live, jobs } = this.#parts;
    const [databaseState, redisState] = await Promise.all([
      probe(() => database.ping()),
      redis ? probe(() => redis.ping()) : absent,
    ]);
    const parts = {
      database: databaseState,
      redis: redisState,
      workers: said(live.fault()),
      jobs: said(jobs.fault()),
    };
    const failed = Object.values(parts).some(({ state }) => state === 'failed');
    const status = live.isDraining ? 'draining' : failed ? 'notReady' : 'ready';
    return { status, parts };
  }
}

function said(fault: string | null): PartState {
  return fault === null ? ready : { state: 'failed', detail: fault };
}

async function probe(question: () => Promise<unknown>): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${answerWithinMs} ms`)),
      answerWithinMs,
    );
  });
  try {
    await Promise.race([question(), late]);
    return ready;
  } catch (error) {
    // Addresses and names of servers are the operator's business: they are in the log of the part itself.
    const { code } = error as { code?: unknown };
    return { state: 'failed', detail: typeof code === 'string' ? code : 'no answer' };
  } finally {
    clearTimeout(timer);
  }
}
