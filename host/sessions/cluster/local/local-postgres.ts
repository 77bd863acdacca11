import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AncError } from '@anc/link';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { LocalProgram } from './local-program.ts';
import { isRoot, makeReachable } from './reachable.ts';

export interface LocalPostgres {
  readonly program: LocalProgram;
  readonly url: string;
  readonly adminUrl: string;
}

interface Passwords {
  readonly owner: string;
  readonly server: string;
}

const installed = '/usr/lib/postgresql';
/** of which those of the instances, and some for their starts and for people */
const connectionsOf = (instances: number) => 20 * instances + 20;

/** PostgreSQL of this machine with its data in `dataFolder`, on the loopback alone. @throws AncError */
export async function startLocalPostgres(
  dataFolder: string,
  instances: number,
  onLost: (exit: string) => void,
): Promise<LocalPostgres> {
  const folder = join(dataFolder, 'postgresql');
  const user = isRoot ? 'postgres' : null;
  makeReachable(dataFolder, folder, 'postgres');
  const programs = programsFolder();
  const data = join(folder, 'data');
  const passwords = passwordsIn(join(folder, 'passwords.json'));
  if (!existsSync(join(data, 'PG_VERSION')))
    initialise(join(programs, 'initdb'), folder, data, passwords);
  const port = await freePort();
  const program = new LocalProgram({
    name: 'PostgreSQL',
    command: join(programs, 'postgres'),
    args: [
      ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories=', '-c', `max_connections=${connectionsOf(instances)}`],
    ],
    user,
    // "fast": open connections are ended, committed work is kept
    stopSignal: 'SIGINT',
    onLost,
  });
  const urlOf = (role: string, password: string) =>
    `postgresql://${role}:${password}@127.0.0.1:${port}/postgres`;
  const adminUrl = urlOf('owner', passwords.owner);
  await program.until(() => answers(adminUrl));
  return { program, adminUrl, url: urlOf('anc_server', passwords.server) };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The newest that is installed. @throws AncError PROGRAM_MISSING */
function programsFolder(): string {
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  const newest = versions
    .filter((version) => existsSync(join(installed, version, 'bin/postgres')))
    .sort((a, b) => Number(b) - Number(a))[0];
  if (newest) return join(installed, newest, 'bin');
  throw new AncError('PROGRAM_MISSING', `there is no PostgreSQL in ${installed}`, {
    hint: 'apt-get install postgresql-15, or give DATABASE_URL.',
  });
}

function passwordsIn(file: string): Passwords {
  if (!existsSync(file)) {
    const password = () => randomBytes(24).toString('base64url');
    const made: Passwords = { owner: password(), server: password() };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Passwords;
}

/** @throws AncError LOCAL_PROGRAM_FAILED; then nothing half-made is left */
function initialise(initdb: string, folder: string, data: string, { owner }: Passwords): void {
  const secrets = mkdtempSync(join(tmpdir(), 'anc-initdb-'));
  const passwordFile = join(secrets, 'password');
  writeFileSync(passwordFile, owner, { mode: 0o600 });
  const as = isRoot ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  if (isRoot) spawnSync('chown', ['-R', 'postgres:postgres', folder, secrets]);
  const args = ['-D', data, '-U', 'owner', '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C'];
  const { status, stderr } = spawnSync(
    'setpriv',
    [...as, '--', initdb, ...args, `--pwfile=${passwordFile}`],
    { encoding: 'utf8', cwd: tmpdir() },
  );
  rmSync(secrets, { recursive: true, force: true });
  if (status === 0) return;
  rmSync(data, { recursive: true, force: true });
  throw new AncError('LOCAL_PROGRAM_FAILED', `initdb failed: ${stderr}`);
}
