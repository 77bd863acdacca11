import { z } from 'zod';

const databaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'is no postgresql:// URL' })
  .refine(isDecodable, 'has a % that begins no escape: write %25');
const redisUrl = z
  .url({ protocol: /^rediss?$/, error: 'is no redis:// URL' })
  .refine(isDecodable, 'has a % that begins no escape: write %25');
const origin = z.string().refine((text) => {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}, 'is no origin as https://anc.example.com');
const proxy = /^(loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(\/\d{1,3})?)$/;

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item));
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const yesOrNo = z.stringbool({ truthy: ['1', 'true', 'yes'], falsy: ['0', 'false', 'no'] });

/** Every variable of the environment that the server reads; docs/server.md has the same table. */
export const environment = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  ANC_DATA_FOLDER: z.string().optional(),
  INSTANCE: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,64}$/)
    .optional(),

  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(5000),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  /** hops, or the addresses of proxies; not `true`, with which every client chooses its own address */
  TRUST_PROXY: z
    .union([whole(0, 10), list(z.string().regex(proxy, 'is no address of a proxy'))])
    .default(0),
  CORS_ORIGINS: list(origin).default([]),

  DATABASE_URL: databaseUrl.optional(),
  DATABASE_READ_URL: databaseUrl.optional(),
  DATABASE_ADMIN_URL: databaseUrl.optional(),
  DATABASE_POOL_SIZE: whole(1, 200).default(10),
  DATABASE_STATEMENT_TIMEOUT_MS: whole(100, 600_000).default(10_000),
  DATABASE_CONNECT_TIMEOUT_MS: whole(100, 60_000).default(5_000),
  REDIS_URL: redisUrl.optional(),

  JWT_SECRET: z.string().optional(),
  JWT_SECRET_PREVIOUS: z.string().optional(),
  REGISTRATION: yesOrNo.default(true),
  FIRST_USER_IS_ADMIN: yesOrNo.default(true),
  GUESTS: yesOrNo.default(true),

  /** Prometheus sends it; without one, metrics are for this machine alone */
  METRICS_TOKEN: z.string().optional(),

  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FOLDER: z.string().optional(),
  LOG_MAX_MEGABYTES: whole(1, 10_000).default(50),
  LOG_MAX_FILES: whole(1, 1000).default(10),

  WORKER_THREADS: whole(1, 128).optional(),
  SESSIONS_MAX: whole(1, 100_000).default(1000),
  SESSIONS_PER_USER: whole(1, 100_000).default(4),
  RECORDING_MAX_MEGABYTES: whole(1, 10_000).default(100),
  RECORDINGS_PER_USER_MEGABYTES: whole(1, 1_000_000).default(1000),
  RETENTION_DAYS: whole(1, 36_500).default(90),
  SHUTDOWN_DEADLINE_MS: whole(100, 600_000).default(20_000),
});

export type Environment = z.output<typeof environment>;

function isDecodable(url: string): boolean {
  try {
    return decodeURIComponent(url).length > 0;
  } catch {
    return false;
  }
}
