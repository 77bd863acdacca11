import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { urlOf } from '../../http-listener.ts';
import { Lifecycle, type StopStep } from '../../lifecycle.ts';
import type { Logger } from '../../logging/index.ts';
import { freePort } from './free-port.ts';
import { startLocalNginx } from './local-nginx.ts';
import { startLocalPostgres } from './local-postgres.ts';
import { LocalProgram } from './local-program.ts';
import { startLocalRedis } from './local-redis.ts';

export interface SeveralOptions {
  readonly config: Config;
  /** as the instances shall have it */
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** runs one instance, as `node anc.mjs server` */
  readonly command: readonly [string, ...string[]];
}

export interface SeveralInstances {
  /** of nginx */
  readonly url: string;
  readonly instances: readonly { readonly name: string; readonly url: string }[];
  readonly parts: { readonly database: string; readonly redis: string };
  readonly lifecycle: Lifecycle;
}

/** An instance that died is started again after it. */
const restartMs = 1000;
/** more than an instance takes for its own stop, so that it is not killed in the middle of it */
const marginMs = 5000;

/**
 * Several session servers on this machine behind nginx. PostgreSQL and Redis are those of the configuration, or are
 * started, with their data in the data folder. What fails half-way leaves nothing running.
 * @throws AncError LOCAL_PROGRAM_FAILED, PROGRAM_MISSING, FOLDER_UNREACHABLE
 */
export async function startSeveral(options: SeveralOptions): Promise<SeveralInstances> {
  const { config, logger } = options;
  const steps: StopStep[] = [];
  const lifecycle = () => {
    const deadlineMs = config.limits.shutdownDeadlineMs + marginMs;
    const made = new Lifecycle({ deadlineMs, logger });
    for (const step of steps) made.add(step);
    return made;
  };
  try {
    const several = await open(options, (step) => steps.unshift(step));
    return { ...several, lifecycle: lifecycle() };
  } catch (error) {
    await lifecycle().stop('the start failed');
    throw error;
  }
}

async function open(
  { config, env, logger, command }: SeveralOptions,
  opened: (step: StopStep) => void,
): Promise<Omit<SeveralInstances, 'lifecycle'>> {
  const { dataFolder, http, instances: count } = config;
  const stops = (name: string, program: LocalProgram) =>
    opened({ name, stop: (signal) => program.stop(signal) });
  const lost = (program: string) => (exit: string) =>
    logger.error({ program, exit }, 'a program of this installation has ended');

  const servers: NodeJS.ProcessEnv = {};
  if (!config.database.url) {
    const database = await startLocalPostgres(dataFolder, count, lost('postgresql'));
    stops('postgresql', database.program);
    Object.assign(servers, { DATABASE_URL: database.url, DATABASE_ADMIN_URL: database.adminUrl });
  }
  if (!config.redisUrl) {
    const redis = await startLocalRedis(dataFolder, lost('redis'));
    stops('redis', redis.program);
    servers['REDIS_URL'] = redis.url;
  }

  const running: { name: string; url: string; port: number }[] = [];
  const programs = new Map<string, LocalProgram>();
  let isStopping = false;
  let nginx: LocalProgram | null = null;
  // Until the instances are gone, their clients come through it.
  opened({ name: 'nginx', stop: (signal) => nginx?.stop(signal) });
  const listen = http.port === 0 ? await freePort() : http.port;
  const run = (name: string, port: number): LocalProgram => {
    const [node, ...args] = command;
    const program = new LocalProgram({
      name: `instance ${name}`,
      command: node,
      args,
      env: {
        ...env,
        ...servers,
        ...{ INSTANCES: '', INSTANCE: name, HOST: '127.0.0.1', PORT: String(port) },
        // nginx is the outermost that is to be believed, and has the certificate
        ...{ TRUST_PROXY: '1', TLS_CERT_FILE: '', TLS_KEY_FILE: '' },
        WORKER_THREADS: env['WORKER_THREADS'] || String(threadsOf(count)),
        LOG_FOLDER: join(config.logs.folder ?? join(dataFolder, 'logs'), name),
      },
      onLost: (exit) => {
        logger.error({ instance: name, exit }, 'an instance has ended; it is started again');
        setTimeout(() => !isStopping && programs.set(name, run(name, port)), restartMs);
      },
    });
    return program;
  };
  opened({
    name: 'instances',
    stop: async (signal) => {
      isStopping = true;
      await Promise.all([...programs.values()].map((program) => program.stop(signal)));
    },
  });
  for (let i = 1; i <= count; i += 1) {
    const [name, port] = [`${env['INSTANCE'] || hostname()}-${i}`, await freePort()];
    running.push({ name, port, url: `http://127.0.0.1:${port}` });
    programs.set(name, run(name, port));
  }
  await Promise.all(running.map(({ name, url }) => programs.get(name)!.until(() => isAlive(url))));

  const url = urlOf(config, listen);
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  nginx = await startLocalNginx(
    dataFolder,
    {
      listen: `${host}:${listen}`,
      tls: http.tls,
      instances: running.map(({ port }) => `127.0.0.1:${port}`),
    },
    // its certificate may be of another name
    async () => http.tls !== null || isAlive(url),
    lost('nginx'),
  );
  return {
    url,
    instances: running.map(({ name, url }) => ({ name, url })),
    parts: {
      database: config.database.url ? hostOf(config.database.url) : `in ${dataFolder}/postgresql`,
      redis: config.redisUrl ? hostOf(config.redisUrl) : 'of this machine',
    },
  };
}

/** The cores are for all of them. */
const threadsOf = (count: number) => Math.max(1, Math.floor((cpus().length - 1) / count));

const hostOf = (url: string) => `at ${new URL(url).host}`;

async function isAlive(url: string): Promise<boolean> {
  const { status } = await fetch(`${url}/api/v1/health/live`);
  return status === 200;
}
