/** Two session servers in processes of their own behind nginx, on PostgreSQL and Redis: all real, all on the loopback. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProgram } from './child-program.ts';
import { freePort } from '../cluster/local/free-port.ts';
import { NGINX_MISSING, TestNginx } from './nginx.ts';
import { POSTGRES_MISSING, type PostgresServer, startPostgres } from './postgres-server.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from './redis-server.ts';

export const CLUSTER_MISSING = NGINX_MISSING || REDIS_MISSING || POSTGRES_MISSING;
export const stopDeadlineMs = 4000;

const tool = join(import.meta.dirname, '../../bin/anc.mjs');

export class Instance {
  readonly name: string;
  readonly url: string;
  readonly #env: NodeJS.ProcessEnv;
  #program: ChildProgram | null = null;

  constructor(name: string, port: number, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { ...env, INSTANCE: name, PORT: String(port) };
  }

  /** what it wrote: its log */
  get output(): string {
    return this.#program?.output ?? '';
  }

  get isRunning(): boolean {
    return this.#program?.isRunning ?? false;
  }

  async start(): Promise<void> {
    this.#program = new ChildProgram(process.execPath, [tool, 'server'], this.#env);
    await this.#program.until(
      async () => (await fetch(`${this.url}/api/v1/health/ready`)).status === 200,
      30_000,
    );
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    return (await this.#program?.end(signal)) ?? null;
  }
}

export class ClusterRig {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly nginx: TestNginx;
  readonly instances: readonly [Instance, Instance];
  readonly #folder: string;

  static async start(env: NodeJS.ProcessEnv = {}): Promise<ClusterRig> {
    const folder = mkdtempSync(join(tmpdir(), 'anc-cluster-'));
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const ports = [await freePort(), await freePort()] as const;
    const shared = {
      NODE_ENV: 'test',
      ANC_DATA_FOLDER: folder,
      DATABASE_URL: postgres.appUrl(),
      DATABASE_ADMIN_URL: postgres.adminUrl(),
      REDIS_URL: redis.url,
      JWT_SECRET: randomBytes(32).toString('base64url'),
      TRUST_PROXY: '1',
      WORKER_THREADS: '1',
      SESSIONS_PER_USER: '50',
      SHUTDOWN_DEADLINE_MS: String(stopDeadlineMs),
      ...env,
    };
    const instances = [
      new Instance('a', ports[0], shared),
      new Instance('b', ports[1], shared),
    ] as const;
    // Both prepare the same empty database at once.
    await Promise.all(instances.map((instance) => instance.start()));
    const nginx = await TestNginx.start(ports.map((port) => `127.0.0.1:${port}`));
    return new ClusterRig(folder, postgres, redis, nginx, instances);
  }

  private constructor(
    folder: string,
    postgres: PostgresServer,
    redis: RedisServer,
    nginx: TestNginx,
    instances: readonly [Instance, Instance],
  ) {
    this.#folder = folder;
    this.postgres = postgres;
    this.redis = redis;
    this.nginx = nginx;
    this.instances = instances;
  }

  /** through nginx */
  get url(): string {
    return `http://${this.nginx.address}`;
  }

  instance(name: string): Instance {
    return this.instances.find((instance) => instance.name === name)!;
  }

  other(name: string): Instance {
    return this.instances.find((instance) => instance.name !== name)!;
  }

  async end(): Promise<void> {
    await this.nginx.end();
    await Promise.all(this.instances.map((instance) => instance.end('SIGKILL')));
    await Promise.all([this.redis.stop(), this.postgres.remove()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
