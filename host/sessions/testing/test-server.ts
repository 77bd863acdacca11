/** A whole session server for tests: every part is the real one, only passwords are hashed cheaply. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../config/index.ts';
import { silentLogger } from '../logging/index.ts';
import { type ServerOptions, type SessionServer, startServer } from '../start-server.ts';
import { ApiCaller } from './api-caller.ts';
import { type DatabaseKind, type TestDatabase, openTestDatabase } from './test-database.ts';

export interface TestServer extends SessionServer {
  readonly config: Config;
  readonly test: TestDatabase;
  readonly folder: string;
  /** a client without credentials */
  readonly anyone: ApiCaller;
  /** a new user of the role, logged in */
  user(role?: 'viewer' | 'engineer' | 'admin'): Promise<ApiCaller>;
  /** stops it, and removes all that was made */
  remove(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<ServerOptions, 'config'>> {
  readonly kind?: DatabaseKind;
  readonly env?: NodeJS.ProcessEnv;
}

export const testPassword = 'Quiet-Cabin-7-Rows';
/** Tests send more than people do from one address; those about limits set their own. */
const generous = { points: 1_000_000, windowS: 60 };

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { kind = 'pglite', env = {}, policies, ...more } = options;
  const folder = mkdtempSync(join(tmpdir(), 'anc-server-'));
  const test = await openTestDatabase(kind);
  const config = readConfig({
    NODE_ENV: 'test',
    ANC_DATA_FOLDER: folder,
    PORT: '0',
    WORKER_THREADS: '1',
    INSTANCE: 'one',
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
  const anyone = new ApiCaller(server.url);
  // The first user becomes the administrator, who gives the roles.
  const admin = await register(anyone, 'root@example.com');
  let users = 0;
  return {
    ...server,
    config,
    test,
    folder,
    anyone,
    async user(role = 'viewer') {
      users += 1;
      const caller = await register(anyone, `${role}${users}@example.com`);
      const path = `/users/${caller.userId}`;
      if (role !== 'viewer') await admin.send('PATCH', path, { role });
      // the token's principal is kept for seconds: a new log-in is not, so that the role counts at once
      return caller;
    },
    async remove() {
      await server.lifecycle.stop('the test is over');
      await test.remove();
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
