/** A migrated, empty database of either kind, fast enough for every test file. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openDatabase, type Database, type DatabaseOptions } from '../storage/index.ts';
import { POSTGRES_MISSING, startPostgres, type PostgresServer } from './postgres-server.ts';

export type DatabaseKind = Database['kind'];

/** The kinds that this machine has; tests of the others are skipped with the reason. */
export const databaseKinds: readonly { kind: DatabaseKind; missing: string | false }[] = [
  { kind: 'pglite', missing: false },
  { kind: 'postgresql', missing: POSTGRES_MISSING },
];

/** The same tests against each kind. */
export function onEachDatabase(body: (kind: DatabaseKind) => void): void {
  for (const { kind, missing } of databaseKinds)
    describe.skipIf(missing)(missing ? `${kind}: ${missing}` : kind, () => body(kind));
}

export interface TestDatabase {
  readonly database: Database;
  /** as it was opened, to open it again */
  readonly options: DatabaseOptions;
  /** null with PGlite */
  readonly server: PostgresServer | null;
  /** name of the database on `server` */
  readonly name: string;
  /** closes it, and removes all that was made */
  remove(): Promise<void>;
}

export async function openTestDatabase(
  kind: DatabaseKind,
  more: Partial<DatabaseOptions> = {},
): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-database-'));
  const server = kind === 'postgresql' ? await sharedServer() : null;
  const name = server ? await server.createDatabase() : '';
  if (!server) cpSync(await templateFolder(), folder, { recursive: true });
  const options: DatabaseOptions = {
    folder,
    ...(server ? { url: server.appUrl(name), adminUrl: server.adminUrl(name) } : {}),
    ...more,
  };
  const database = await openDatabase(options);
  return {
    database,
    options,
    server,
    name,
    async remove() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
      if (server) await leaveServer();
    },
  };
}

let shared: Promise<PostgresServer> | null = null;
let users = 0;

/** One server for all databases of a test file. */
function sharedServer(): Promise<PostgresServer> {
  users += 1;
  return (shared ??= startPostgres());
}

async function leaveServer(): Promise<void> {
  users -= 1;
  if (users > 0) return;
  const server = shared;
  shared = null;
  await (await server)?.remove();
}

/** A folder with a migrated PGlite: making one takes seconds, copying it a moment. One for each state of the sources. */
async function templateFolder(): Promise<string> {
  const cache = join(import.meta.dirname, '../../../node_modules/.cache/anc-sessions');
  const template = join(cache, `database-${stateOfSources()}`);
  if (existsSync(template)) return template;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  await (await openDatabase({ folder: draft })).close();
  try {
    renameSync(draft, template);
    removeOldTemplates(cache);
  } catch {
    // Another test made it meanwhile.
    rmSync(draft, { recursive: true, force: true });
  }
  return template;
}

/** Of sources that changed since; a day later nobody copies from them any more. */
function removeOldTemplates(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > 86_400_000)
      rmSync(path, { recursive: true, force: true });
  }
}

function stateOfSources(): string {
  const storage = join(import.meta.dirname, '../storage');
  const hash = createHash('sha256');
  for (const name of readdirSync(storage, { recursive: true, encoding: 'utf8' }).sort())
    if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(storage, name)));
  hash.update(readFileSync(join(storage, '../package.json')));
  return hash.digest('hex').slice(0, 16);
}
