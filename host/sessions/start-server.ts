import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AncError } from '@anc/link';
import { createAccounts, databaseTickets } from './accounts/index.ts';
import type { HasherOptions } from './accounts/password-hasher.ts';
import { type HttpLimits, createHttpServer, defaultHttpLimits } from './api/http-server.ts';
import { Origins } from './api/origins.ts';
import { connectRedis } from './cluster/redis.ts';
import { composeApp } from './compose-app.ts';
import { composeLive } from './compose-live.ts';
import type { Config } from './config/index.ts';
import { retentionOf, startJobs } from './jobs/index.ts';
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
/** Connections that wait to be taken: all clients of another instance may come at once. Node’s own default is 511. */
const backlog = 4096;

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
    await listen(http, config.http.port, config.http.host);
    const { port } = http.address() as AddressInfo;
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
): Promise<{ http: Server; database: Database }> {
  const { config, logger, hasher, policies, httpLimits, pages = null } = options;
  const { limits, instance, dataFolder } = config;
  const deadlineMs = limits.shutdownDeadlineMs;

  const database =
    options.database ??
    (await openDatabase({ ...config.database, folder: join(dataFolder, 'database') }));
  opened({ name: 'database', stop: () => database.close() });
  const redis = config.redisUrl === null ? null : connectRedis(config.redisUrl, logger);
  if (redis) opened({ name: 'redis', stop: () => redis.disconnect() });

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
  const parts = { config, logger, database, accounts, tickets, limiter, metrics, origins };

  const jobs = await startJobs({
    logger,
    database,
    recordings,
    metrics,
    retention: retentionOf(limits.retentionDays),
  });
  opened({ name: 'jobs', stop: () => jobs.stop(deadlineMs / 4) });

  // Opened last, but there until the live sessions are gone: their clients still ask for what they need.
  let http: Server | null = null;
  opened({
    name: 'http',
    stop: (signal) => (http ? closeHttp(http, signal) : undefined),
    atMostMs: 2000,
  });
  const { live, view } = await composeLive(parts);
  const sweep = setInterval(() => {
    endStaleSessions(database).catch((err: unknown) => logger.warn({ err }, 'the sweep failed'));
  }, sweepMs);
  opened({
    name: 'live sessions',
    stop: async () => {
      clearInterval(sweep);
      await live.drain(deadlineMs / 2);
      await live.close();
    },
  });

  const sessions = new SessionsStore(database, limits.sessionsPerUser);
  const app = composeApp({ ...parts, redis, sessions, live: view, recordings, jobs, pages });
  http = createHttpServer(app, config.http.tls, { ...defaultHttpLimits, ...httpLimits });
  live.attach(http);
  http.on('upgrade', refuseOtherUpgrades);
  return { http, database };
}

/** Nobody else would answer them. */
function refuseOtherUpgrades({ url }: IncomingMessage, socket: Duplex): void {
  if (sessionIdOf(url) !== null) return;
  socket.on('error', () => socket.destroy());
  refuseUpgrade(socket, url, new SessionRefusal(404, 'NOT_FOUND', 'no WebSocket is here'));
}

/** In-flight requests may end; when the time is over they do not. */
async function closeHttp(http: Server, signal: AbortSignal): Promise<void> {
  if (!http.listening) return;
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeIdleConnections();
  signal.addEventListener('abort', () => http.closeAllConnections(), { once: true });
  await closed;
}

async function listen(http: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === 'EADDRINUSE';
      const message = inUse
        ? `port ${port} of ${host} is in use`
        : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new AncError(inUse ? 'PORT_IN_USE' : 'ADDRESS_UNAVAILABLE', message, { cause }));
    });
    http.listen({ port, host, backlog }, resolve);
  });
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

function urlOf({ http: { host, tls } }: Config, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
