/** A PostgreSQL of its own for tests: on a free port of the loopback, data in a temporary folder. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const programs = '/usr/lib/postgresql/15/bin';
const isRoot = process.getuid?.() === 0;

/** Why tests that need it are skipped; false when it is there. */
export const POSTGRES_MISSING: string | false = existsSync(join(programs, 'postgres'))
  ? false
  : 'PostgreSQL 15 is not installed (postgresql-15)';

export interface PostgresServer {
  readonly port: number;
  /** URL of a superuser, and of the role that the server under test is to log in as, of the database `name` */
  adminUrl(name?: string): string;
  appUrl(name?: string): string;
  /** one statement as the superuser */
  query<T extends object>(text: string, values?: unknown[], name?: string): Promise<T[]>;
  createDatabase(): Promise<string>;
  /** as an operator does: open connections are ended, committed work is kept */
  stop(): Promise<void>;
  /** as a crash */
  kill(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** stops, and removes the data */
  remove(): Promise<void>;
}

/** @param settings of `postgresql.conf` */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const password = 'owner-of-the-tests';
  writeFileSync(join(folder, 'password'), password);
  if (isRoot) runOrThrow('chown', ['-R', 'postgres:postgres', folder]);
  runOrThrow(
    ...asPostgres('initdb', [
      ...['-D', data, '-U', 'owner', '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C'],
      ...[`--pwfile=${join(folder, 'password')}`, '--no-sync'],
    ]),
  );
  const urlOf = (user: string, secret: string, name: string) =>
    `postgresql://${user}:${secret}@127.0.0.1:${port}/${name}`;
  const adminUrl = (name = 'postgres') => urlOf('owner', password, name);
  const options = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    max_connections: '60',
    ...settings,
  };
  let child: ChildProcess | null = null;
  let databases = 0;

  const query = async <T extends object>(text: string, values: unknown[] = [], name?: string) => {
    const client = new pg.Client({ connectionString: adminUrl(name) });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<T>(text, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill(signal);
    await ended;
  };
  /** @returns null when it answers, else its last words */
  const tryStart = async (deadline: number): Promise<string | null> => {
    const lines = Object.entries(options).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const [command, args] = asPostgres('postgres', [
      ...['-D', data, '-p', String(port), '-k', folder],
      ...lines,
    ]);
    const started = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    started.stderr!.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
    child = started;
    while (Date.now() < deadline) {
      if (started.exitCode !== null) return log || `status ${started.exitCode}`;
      if (await query('select 1').then(Boolean, () => false)) return null;
      await pause(50);
    }
    await end('SIGKILL');
    return log || 'no answer';
  };
  const start = async () => {
    if (child) return;
    const deadline = Date.now() + 30_000;
    for (;;) {
      const reason = await tryStart(deadline);
      if (reason === null) return;
      child = null;
      // After a kill its children need a moment to see that they are alone.
      if (!reason.includes('shared memory') || Date.now() > deadline)
        throw new Error(`postgres does not start: ${reason}`);
      await pause(100);
    }
  };
  await start();
  return {
    port,
    adminUrl,
    appUrl: (name = 'postgres') => urlOf('anc_server', 'restricted-login', name),
    query,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query(`create database ${name}`);
      return name;
    },
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    start,
    restart: async () => {
      await end('SIGINT');
      await start();
    },
    remove: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. It ends with the process that started it, however that ends. */
function asPostgres(program: string, args: string[]): [string, string[]] {
  const user = isRoot ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  return ['setpriv', ['--pdeathsig', 'INT', ...user, join(programs, program), ...args]];
}

function runOrThrow(command: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: tmpdir() });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
