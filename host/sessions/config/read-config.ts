import { hostname } from 'node:os';
import { AncError } from '@anc/link';
import type { Config } from './config.ts';
import { dataFolderOf, developmentSecret } from './data-folder.ts';
import { environment, type Environment } from './environment.ts';
import { weaknessOf, weaknessOfPassword } from './secrets.ts';

const megabyte = 1_000_000;
const howToMakeOne = 'Make one: node -p "crypto.randomBytes(32).toString(\'base64url\')"';

/**
 * @param env an empty variable is as none
 * @throws AncError CONFIG_INVALID, SECRET_MISSING, SECRET_WEAK; no message holds the value of a secret
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(({ path, message }) => `${path[0]?.toString()}: ${message}`),
    );
  const read = parsed.data;
  const faults = faultsOf(read);
  if (faults.length > 0) throw invalid(faults);
  const production = read.NODE_ENV === 'production';
  if (production) refuseWeakUrls(read);
  const dataFolder = dataFolderOf(given);
  return {
    production,
    instance: read.INSTANCE ?? `${hostname()}-${process.pid}`,
    dataFolder,
    http: {
      host: read.HOST,
      port: read.PORT,
      tls:
        read.TLS_CERT_FILE && read.TLS_KEY_FILE
          ? { certFile: read.TLS_CERT_FILE, keyFile: read.TLS_KEY_FILE }
          : null,
      trustProxy: read.TRUST_PROXY,
      corsOrigins: read.CORS_ORIGINS,
    },
    database: {
      url: read.DATABASE_URL ?? null,
      readUrl: read.DATABASE_READ_URL ?? null,
      adminUrl: read.DATABASE_ADMIN_URL ?? null,
      poolSize: read.DATABASE_POOL_SIZE,
      statementTimeoutMs: read.DATABASE_STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: read.DATABASE_CONNECT_TIMEOUT_MS,
    },
    redisUrl: read.REDIS_URL ?? null,
    tokens: tokensOf(read, production, dataFolder),
    accounts: {
      registration: read.REGISTRATION,
      firstUserIsAdmin: read.FIRST_USER_IS_ADMIN,
      guests: read.GUESTS,
    },
    metrics: { token: read.METRICS_TOKEN ?? null },
    logs: {
      level: read.LOG_LEVEL,
      folder: read.LOG_FOLDER ?? null,
      maxBytes: read.LOG_MAX_MEGABYTES * megabyte,
      maxFiles: read.LOG_MAX_FILES,
    },
    limits: {
      workerThreads: read.WORKER_THREADS ?? null,
      sessions: read.SESSIONS_MAX,
      sessionsPerUser: read.SESSIONS_PER_USER,
      recordingBytes: read.RECORDING_MAX_MEGABYTES * megabyte,
      recordingsPerUserBytes: read.RECORDINGS_PER_USER_MEGABYTES * megabyte,
      retentionDays: read.RETENTION_DAYS,
      shutdownDeadlineMs: read.SHUTDOWN_DEADLINE_MS,
    },
  };
}

/** What each variable alone cannot tell. */
function faultsOf(read: Environment): string[] {
  const faults: string[] = [];
  if (!read.TLS_CERT_FILE !== !read.TLS_KEY_FILE)
    faults.push('TLS_CERT_FILE and TLS_KEY_FILE: one is given, both are needed');
  for (const name of ['DATABASE_READ_URL', 'DATABASE_ADMIN_URL'] as const)
    if (read[name] && !read.DATABASE_URL) faults.push(`${name}: needs DATABASE_URL`);
  return faults;
}

function tokensOf(read: Environment, production: boolean, folder: string): Config['tokens'] {
  const { JWT_SECRET: secret, JWT_SECRET_PREVIOUS: previous, METRICS_TOKEN: metrics } = read;
  if (!secret && production)
    throw new AncError('SECRET_MISSING', 'JWT_SECRET is not set', { hint: howToMakeOne });
  for (const [name, value] of Object.entries({
    JWT_SECRET: secret,
    JWT_SECRET_PREVIOUS: previous,
    METRICS_TOKEN: metrics,
  })) {
    const weakness = value && production ? weaknessOf(value) : null;
    if (weakness) throw new AncError('SECRET_WEAK', `${name} ${weakness}`, { hint: howToMakeOne });
  }
  return {
    secret: secret ?? developmentSecret(folder),
    previousSecret: previous ?? null,
  };
}

function refuseWeakUrls(read: Environment): void {
  for (const name of [
    'DATABASE_URL',
    'DATABASE_READ_URL',
    'DATABASE_ADMIN_URL',
    'REDIS_URL',
  ] as const) {
    const { password = '' } = read[name] ? new URL(read[name]) : {};
    // None: the server knows us by a certificate, a socket or a network of its own.
    const weakness = password ? weaknessOfPassword(decodeURIComponent(password)) : null;
    if (weakness) throw new AncError('SECRET_WEAK', `${name} ${weakness}`, { hint: howToMakeOne });
  }
}

function invalid(faults: readonly string[]): AncError {
  return new AncError('CONFIG_INVALID', faults.join('; '), {
    hint: 'docs/server.md lists the variables and what they take.',
  });
}
