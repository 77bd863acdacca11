import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAccounts, databaseTickets } from './accounts/index.ts';
import type { HasherOptions } from './accounts/password-hasher.ts';
import { type HttpLimits, createHttpServer, defaultHttpLimits } from './api/http-server.ts';
import { Origins } from './api/origins.ts';
import { connectRedis } from './cluster/redis.ts';
import { RedisCluster } from './cluster/redis-cluster.ts';
import { SingleInstance } from './cluster/single-instance.ts';
import { composeApp } from './compose-app.ts';
import { composeLive } from './compose-live.ts';
import type { Config } from './config/index.ts';
import { retentionOf, startJobs } from './jobs/index.ts';
import { HttpListener, urlOf } from './http-listener.ts';
import { Lifecycle, type StopStep } from './lifecycle.ts';
import { type Policies, defaultPolicies } from './limits/policies.ts';
import { RateLimiter } from './limits/rate-limiter.ts';
import { SessionRefusal, refuseUpgrade, sessionIdOf } from './live/index.ts';
import type { Logger } from './logging/index.ts';
import { SessionMetrics } from './metrics/index.ts';
import { openRecordings } from './recordings/open-recordings.ts';
import { SessionsStore } from './sessions-store/sessions-store.ts';
import { endStaleSessions } from './sessions-store/stale-sessions.ts';
import { type Database, openDatabase } from './storage/index.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** one that is open already; it is closed with the server */
  readonly database?: Database;
  /** cheaper hashes, for tests alone */
  readonly hasher?: HasherOptions;
  readonly policies?: Partial<Policies>;
  readonly httpLimits?: Partial<HttpLimits>;
  /** folder of the built pages; absent: the API alone */
  readonly pages?: string | null;
}

export interface SessionServer {
  readonly url: string;
  readonly port: number;
  /** what it runs on, for people */
  readonly parts: { readonly database: string; readonly limits: string };
  /** The ordered stop: no new sessions, live ones drained, jobs, database. May be called more than once. */
  readonly lifecycle: Lifecycle;
}

const sweepMs = 60_000;
/**
 * All parts of one session server. What fails half-way leaves nothing open.
 * @throws AncError PORT_IN_USE, ADDRESS_UNAVAILABLE, TLS_UNREADABLE, and those of the parts
 */
export async function startServer(options: ServerOptions): Promise<SessionServer> {
  const { config, logger } = options;
  // The last that was opened is the first to go.
  const steps: StopStep[] = [];
  try {
    const { http, database } = await open(options, (step) => steps.unshift(step));
    const port = await http.listen(config.http.port, config.http.host);
    const url = urlOf(config, port);
    logger.info({ url, database: database.kind }, 'listening');
    return { url, port, parts: partsOf(config), lifecycle: lifecycleOf(options, steps) };
  } catch (error) {
    await lifecycleOf(options, steps).stop('the start failed');
    throw error;
  }
}

function lifecycleOf({ config, logger }: ServerOptions, steps: readonly StopStep[]): Lifecycle {
  const lifecycle = new Lifecycle({ deadlineMs: config.limits.shutdownDeadlineMs, logger });
  for (const step of steps) lifecycle.add(step);
  return lifecycle;
}

async function open(
  options: ServerOptions,
  opened: (step: StopStep) => void,
): Promise<{ http: HttpListener; database: Database }> {
  const { config, logger, hasher, policies, httpLimits, pages = null } = options;
  const { limits, instance, dataFolder } = config;
  const deadlineMs = limits.shutdownDeadlineMs;

  const database =
    options.database ??
    (await openDatabase({ ...config.database, folder: join(dataFolder, 'database') }));
  opened({ name: 'database', stop: () => database.close() });
  const redis = config.redisUrl === null ? null : connectRedis(config.redisUrl, logger);
  const cluster = redis
    ? new RedisCluster({ redis, instance, log: logger.child({ part: 'cluster' }) })
    : new SingleInstance();
  if (redis)
    opened({ name: 'redis', stop: () => cluster.close().finally(() => redis.disconnect()) });

  const metrics = new SessionMetrics({ instance });
  metrics.server.watchDatabase(() => database.connections());
  metrics.server.watchDisks({
    data: dataFolder,
    ...(config.logs.folder === null ? {} : { logs: config.logs.folder }),
  });
  const limiter = new RateLimiter({ ...defaultPolicies, ...policies }, redis);
  const origins = new Origins(config.http.corsOrigins);
  const accounts = createAccounts({ database, config, ...(hasher ? { hasher } : {}) });
  const tickets = databaseTickets(database);
  const recordings = await openRecordings(database, config);
  const parts = { config, logger, database, accounts, tickets, limiter, cluster, metrics, origins };

  const jobs = await startJobs({
    logger,
    database,
    recordings,
    metrics,
    retention: retentionOf(limits.retentionDays),
  });
  opened({ name: 'jobs', stop: () => jobs.stop(deadlineMs / 4) });

  // Opened last, but there until the live sessions are gone: their clients still ask for what they need.
  let http: HttpListener | null = null;
  opened({
    name: 'http',
    stop: (signal) => http?.close(signal),
    atMostMs: 2000,
  });
  const { live, sessions: running } = await composeLive(parts);
  const sweep = setInterval(() => {
    endStaleSessions(database, cluster).catch((err: unknown) =>
      logger.warn({ err }, 'the sweep failed'),
    );
  }, sweepMs);
  opened({
    name: 'live sessions',
    stop: async () => {
      clearInterval(sweep);
      // The proxy takes their clients to the other instances. Without others, they have this one to ask.
      if (redis) http?.stopListening();
      await live.drain(deadlineMs / 2);
      await live.close();
    },
  });

  const sessions = new SessionsStore(database, limits.sessionsPerUser);
  const app = composeApp({ ...parts, redis, sessions, live: running, recordings, jobs, pages });
  const server = createHttpServer(app, config.http.tls, { ...defaultHttpLimits, ...httpLimits });
  live.attach(server);
  server.on('upgrade', refuseOtherUpgrades);
  http = new HttpListener(server);
  return { http, database };
}

/** Nobody else would answer them. */
function refuseOtherUpgrades({ url }: IncomingMessage, socket: Duplex): void {
  if (sessionIdOf(url) !== null) return;
  socket.on('error', () => socket.destroy());
  refuseUpgrade(socket, url, new SessionRefusal(404, 'NOT_FOUND', 'no WebSocket is here'));
}

function partsOf({ database, dataFolder, redisUrl }: Config): SessionServer['parts'] {
  return {
    // without the user and the password
    database: database.url
      ? `PostgreSQL at ${new URL(database.url).host}`
      : `PGlite in ${dataFolder}`,
    limits: redisUrl ? `Redis at ${new URL(redisUrl).host}` : 'in this process',
  };
}
