import type { Accounts, TicketStore } from './accounts/index.ts';
import { clientAddresses } from './api/client-address.ts';
import type { LiveSessions } from './api/live-sessions.ts';
import { identify } from './api/middleware/authenticate.ts';
import type { Origins } from './api/origins.ts';
import type { Config } from './config/index.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { LiveServer, MemoryLimiter } from './live/index.ts';
import type { Logger } from './logging/index.ts';
import type { SessionMetrics } from './metrics/index.ts';
import { DatabaseDirectory } from './sessions-store/database-directory.ts';
import { LiveFigures } from './stats/live-figures.ts';
import type { Database } from './storage/index.ts';

export interface LiveParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly tickets: TicketStore;
  readonly limiter: RateLimiter;
  readonly metrics: SessionMetrics;
  readonly origins: Origins;
}

/** The live sessions on the database, the limits and the metrics of this server. */
export async function composeLive(
  parts: LiveParts,
): Promise<{ live: LiveServer; view: LiveSessions }> {
  const { config, logger, database, accounts, tickets, limiter, metrics, origins } = parts;
  const { limits, instance, http } = config;
  const figures = new LiveFigures(metrics.live);
  const audio = new MemoryLimiter({ sessionsOfUser: limits.sessionsPerUser });
  const live = await LiveServer.start({
    directory: new DatabaseDirectory({
      database,
      tickets,
      limiter,
      instance,
      identify: (credentials) => identify(accounts, credentials),
      maxSessionsPerUser: limits.sessionsPerUser,
    }),
    allowsOrigin: (_origin, request) => origins.admits(request.headers),
    addressOf: clientAddresses(http.trustProxy),
    limiter: {
      connection: async (address) => (await limiter.consume('connect', address)).allowed,
      chunks: (userId, address, chunks) => audio.chunks(userId, address, chunks),
    },
    metrics: figures,
    log: logger.child({ part: 'live' }),
    maxSessions: limits.sessions,
    ...(limits.workerThreads === null ? {} : { workers: limits.workerThreads }),
  });
  metrics.live.watchWorkers(() => live.takeWorkerLoads());
  return {
    live,
    view: {
      stats: () => figures.stats(live),
      end: (sessionId) => live.end(sessionId, 'owner'),
      settings: (sessionId, change) => live.settings(sessionId, change),
      fault: () =>
        live.workers.some(({ threadId }) => threadId > 0) ? null : 'no worker thread runs',
      get isDraining() {
        return live.isDraining;
      },
    },
  };
}
