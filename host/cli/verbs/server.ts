import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, Lifecycle, Logger } from '@anc/sessions';
import { Command } from 'commander';
import { line, note } from '../output.ts';

/** Each takes the place of a variable of the environment. */
const overrides = {
  host: 'HOST',
  port: 'PORT',
  data: 'ANC_DATA_FOLDER',
  instances: 'INSTANCES',
  databaseUrl: 'DATABASE_URL',
  redisUrl: 'REDIS_URL',
  tlsCert: 'TLS_CERT_FILE',
  tlsKey: 'TLS_KEY_FILE',
  trustProxy: 'TRUST_PROXY',
  workers: 'WORKER_THREADS',
  logFolder: 'LOG_FOLDER',
  logLevel: 'LOG_LEVEL',
} as const;
type Options = Partial<Record<keyof typeof overrides, string>>;

export function server(): Command {
  return new Command('server')
    .description('the session server: live audio, accounts, API, jobs (docs/server.md)')
    .option('--host <address>', 'address to listen on (HOST, default 127.0.0.1)')
    .option('-p, --port <n>', 'port, 0 takes any (PORT, default 5000)')
    .option('--data <folder>', 'data folder (ANC_DATA_FOLDER)')
    .option('--instances <n>', 'several on this machine, behind nginx (INSTANCES, default 1)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded one (DATABASE_URL)')
    .option('--redis-url <url>', 'Redis, shared by several instances (REDIS_URL)')
    .option('--tls-cert <file>', 'certificate chain, PEM (TLS_CERT_FILE)')
    .option('--tls-key <file>', 'its key, PEM (TLS_KEY_FILE)')
    .option('--trust-proxy <n|addresses>', 'proxies in front (TRUST_PROXY)')
    .option('--workers <n>', 'threads that filter audio (WORKER_THREADS)')
    .option('--log-folder <folder>', 'rotated files instead of standard output (LOG_FOLDER)')
    .option('--log-level <level>', 'trace … fatal, silent (LOG_LEVEL, default info)')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { openServerLog, readConfig } = await import('@anc/sessions');
  const given = Object.entries(overrides).flatMap(([option, name]) => {
    const value = options[option as keyof Options];
    return value === undefined ? [] : [[name, value]];
  });
  const env: NodeJS.ProcessEnv = { ...process.env, ...Object.fromEntries(given) };
  const config = readConfig(env);
  const log = openServerLog(config);
  try {
    const start = config.instances > 1 ? several : one;
    const lifecycle = await start(config, log.logger, env);
    process.exitCode = await new Promise<number>((resolve) => lifecycle.onSignals(resolve));
  } finally {
    await log.close();
  }
}

type Start = (config: Config, logger: Logger, env: NodeJS.ProcessEnv) => Promise<Lifecycle>;

const one: Start = async (config, logger) => {
  const { startServer } = await import('@anc/sessions');
  const pages = pagesFolder();
  const { url, parts, lifecycle } = await startServer({ config, logger, pages });
  say(url, parts);
  note(`  database: ${parts.database}`);
  note(`  limits: ${parts.limits}`);
  note(`  pages: ${pages ?? 'not built (npm run build)'}`);
  return lifecycle;
};

const several: Start = async (config, logger, env) => {
  const { startSeveral } = await import('@anc/sessions');
  const command = [process.execPath, ...process.execArgv, process.argv[1]!, 'server'] as const;
  const { url, parts, instances, lifecycle } = await startSeveral({ config, env, logger, command });
  say(url, { ...parts, instances });
  note(`  PostgreSQL: ${parts.database}`);
  note(`  Redis: ${parts.redis}`);
  for (const instance of instances) note(`  instance ${instance.name}: ${instance.url}`);
  return lifecycle;
};

function say(url: string, parts: object): void {
  line({ event: 'listening', url, ...parts }, `Server: ${url}   (Ctrl-C ends)`);
  note(`  API: ${url}/api/docs`);
}

/** The built pages, found upwards of this file or of the bundle it went into; null when not built. */
function pagesFolder(): string | null {
  const inTree = join('web-ui', 'dist', 'sessions');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree, 'index.html'))) return join(folder, inTree);
    if (folder === dirname(folder)) return null;
  }
}
