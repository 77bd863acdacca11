/** A whole session server for tests: every part is the real one, only passwords are hashed cheaply. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../config/index.ts';
import { silentLogger } from '../logging/index.ts';
import { type ServerOptions, type SessionServer, startServer } from '../start-server.ts';
import { ApiCaller } from './api-caller.ts';
import { Contract, type OpenApi } from './contract.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from './redis-server.ts';
import { POSTGRES_MISSING } from './postgres-server.ts';
import { type DatabaseKind, type TestDatabase, openTestDatabase } from './test-database.ts';

export interface TestServer extends SessionServer {
  readonly config: Config;
  readonly test: TestDatabase;
  readonly folder: string;
  /** null without */
  readonly redis: RedisServer | null;
  /** a client without credentials */
  readonly anyone: ApiCaller;
  /** a new user of the role, logged in */
  user(role?: 'viewer' | 'engineer' | 'admin'): Promise<ApiCaller>;
  /** stops it, and removes all that was made */
  remove(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<ServerOptions, 'config'>> {
  readonly kind?: DatabaseKind;
  /** a Redis of its own */
  readonly redis?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** The two ways in which a server is run: all in one folder, or on the servers of an installation. */
export const serverKinds = [
  { name: 'PGlite', kind: 'pglite', redis: false, missing: false },
  {
    name: 'PostgreSQL and Redis',
    kind: 'postgresql',
    redis: true,
    missing: POSTGRES_MISSING || REDIS_MISSING,
  },
] as const;

export const testPassword = 'Quiet-Cabin-7-Rows';
/** Tests send more than people do from one address; those about limits set their own. */
const generous = { points: 1_000_000, windowS: 60 };

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { kind = 'pglite', redis: withRedis = false, env = {}, policies, ...more } = options;
  const folder = mkdtempSync(join(tmpdir(), 'anc-server-'));
  const test = await openTestDatabase(kind);
  const redis = withRedis ? await startRedis() : null;
  const config = readConfig({
    NODE_ENV: 'test',
    ANC_DATA_FOLDER: folder,
    PORT: '0',
    WORKER_THREADS: '1',
    INSTANCE: 'one',
    CORS_ORIGINS: 'https://panel.example',
    SESSIONS_PER_USER: '3',
    RECORDING_MAX_MEGABYTES: '1',
    RECORDINGS_PER_USER_MEGABYTES: '2',
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...env,
  });
  const server = await startServer({
    config,
    logger: silentLogger,
    database: test.database,
    hasher: { memoryKib: 64, passes: 1 },
    policies: {
      address: generous,
      user: generous,
      key: generous,
      auth: generous,
      ...policies,
    },
    ...more,
  });
  const document = await fetch(`${server.url}/api/v1/openapi.json`);
  const anyone = new ApiCaller(server.url, new Contract((await document.json()) as OpenApi));
  // The first user becomes the administrator, who gives the roles.
  const admin = await register(anyone, 'root@example.com');
  let users = 0;
  return {
    ...server,
    config,
    test,
    folder,
    redis,
    anyone,
    async user(role = 'viewer') {
      users += 1;
      const caller = await register(anyone, `${role}${users}@example.com`);
      const path = `/users/${caller.userId}`;
      if (role !== 'viewer') await admin.send('PATCH', path, { role });
      return caller;
    },
    async remove() {
      await server.lifecycle.stop('the test is over');
      await test.remove();
      await redis?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function register(anyone: ApiCaller, email: string): Promise<ApiCaller> {
  const body = { email, password: testPassword };
  const { accessToken, refreshToken, user } = (
    await anyone.expecting(201, 'POST', '/auth/register?deliver=body', body)
  ).body as { accessToken: string; refreshToken: string; user: { id: string } };
  return anyone.with({ Authorization: `Bearer ${accessToken}` }, user.id, refreshToken);
}
