import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedUser } from '../testing/seed.ts';
import {
  POSTGRES_MISSING,
  startPostgres,
  type PostgresServer,
} from '../testing/postgres-server.ts';
import { openDatabase, type Database } from './index.ts';

describe.skipIf(POSTGRES_MISSING)(POSTGRES_MISSING || 'PostgreSQL', () => {
  let server: PostgresServer;
  const open: Database[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()));
  });
  afterAll(() => server.remove());

  const openOne = async (options: Partial<Parameters<typeof openDatabase>[0]> = {}) => {
    const database = await openDatabase({ folder: '/nowhere', ...options });
    open.push(database);
    return database;
  };
  const fresh = async () => {
    const name = await server.createDatabase();
    return { url: server.appUrl(name), adminUrl: server.adminUrl(name), name };
  };
  const countUsers = (database: Database) =>
    database.system(async (db) => (await db.selectFrom('users').select('id').execute()).length);

  it('is prepared once when several instances start together', async () => {
    const { url, adminUrl, name } = await fresh();
    const databases = await Promise.all(
      Array.from({ length: 4 }, () => openOne({ url, adminUrl, poolSize: 2 })),
    );
    for (const database of databases) expect(await countUsers(database)).toBe(0);
    const done = await server.query<{ name: string }>(
      'select name from kysely_migration',
      [],
      name,
    );
    expect(new Set(done.map((row) => row.name)).size).toBe(done.length);
  });

  it('is prepared for two databases of one server at once', async () => {
    const two = await Promise.all([fresh(), fresh()]);
    const databases = await Promise.all(two.map((options) => openOne(options)));
    for (const database of databases) await database.ping();
  });

  it('is used without the owner once it is prepared, and not before', async () => {
    const { url, adminUrl } = await fresh();
    await expect(openOne({ url })).rejects.toMatchObject({ code: 'DATABASE_NOT_MIGRATED' });
    await (await openOne({ url, adminUrl })).ping();
    await (await openOne({ url })).ping();
  });

  it('is not used as a superuser or an owner', async () => {
    const { adminUrl, name } = await fresh();
    await expect(openOne({ url: adminUrl })).rejects.toMatchObject({
      code: 'DATABASE_ROLE_TOO_STRONG',
    });
    await server.query('create role keeper login createrole password $$secret of a keeper$$');
    await server.query(`alter database ${name} owner to keeper`);
    const keeper = new URL(adminUrl);
    [keeper.username, keeper.password] = ['keeper', 'secret of a keeper'];
    // An owner that is no superuser prepares as well, and is as little the one to work as.
    await (await openOne({ url: server.appUrl(name), adminUrl: keeper.href })).ping();
    await expect(openOne({ url: keeper.href })).rejects.toMatchObject({
      code: 'DATABASE_ROLE_TOO_STRONG',
    });
  });

  it('logs in as a role that may nothing by itself', async () => {
    const { url, adminUrl, name } = await fresh();
    await openOne({ url, adminUrl });
    const [role] = await server.query(
      `select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolinherit as strong,
         has_table_privilege('anc_server', 'users', 'select') as reads,
         (select count(*)::int from pg_class where relowner = r.oid) as owns
       from pg_roles r where rolname = 'anc_server'`,
      [],
      name,
    );
    expect(role).toEqual({ strong: false, reads: false, owns: 0 });
  });

  it('ends what takes too long, with a code', async () => {
    const { url, adminUrl } = await fresh();
    const database = await openOne({ url, adminUrl, statementTimeoutMs: 200 });
    await expect(database.executeSql('select pg_sleep(5)')).rejects.toMatchObject({
      code: 'DATABASE_TIMEOUT',
    });
    await database.ping();
  });

  it('waits for a connection no longer than it was told', async () => {
    const { url, adminUrl } = await fresh();
    const database = await openOne({ url, adminUrl, poolSize: 1, connectTimeoutMs: 200 });
    const slow = database.system(() => new Promise((resolve) => setTimeout(resolve, 600)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(countUsers(database)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await slow;
    expect(await countUsers(database)).toBe(0);
  });

  it('reads from the replica, and from the primary when it is away', async () => {
    const { url, adminUrl } = await fresh();
    // Another database stands for the replica, so that it shows who answered.
    const other = await fresh();
    await openOne(other);
    const actor = { userId: '00000000-0000-4000-8000-000000000000', role: 'admin' } as const;
    const read = (database: Database) =>
      database.reading(
        actor,
        async (db) => (await db.selectFrom('users').select('id').execute()).length,
      );
    const near = await openOne({ url, adminUrl, readUrl: other.url });
    await seedUser(near);
    expect(await read(near)).toBe(0);
    const alone = await openOne({ url, readUrl: 'postgresql://anc_server:x@127.0.0.1:1/anc' });
    expect(await read(alone)).toBe(1);
  });

  it.each(['stop', 'kill'] as const)(
    'goes on after a %s and a start of the server',
    async (how) => {
      const { url, adminUrl } = await fresh();
      const database = await openOne({ url, adminUrl, poolSize: 4 });
      const written = new Set<string>();
      const codes = new Set<unknown>();
      let isDone = false;
      let wentOn = 0;
      let isBack = false;
      const writers = Array.from({ length: 4 }, async () => {
        while (!isDone)
          try {
            written.add((await seedUser(database)).userId);
            if (isBack) wentOn += 1;
          } catch (error) {
            codes.add((error as { code?: unknown }).code);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server[how]();
      await expect(database.ping()).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        hint: expect.any(String),
      });
      await server.start();
      isBack = true;
      for (const deadline = Date.now() + 10_000; wentOn < 20 && Date.now() < deadline;)
        await new Promise((resolve) => setTimeout(resolve, 20));
      isDone = true;
      await Promise.all(writers);
      expect(wentOn).toBeGreaterThanOrEqual(20);
      expect([...codes]).toEqual(['DATABASE_UNAVAILABLE']);
      // What was acknowledged is there; the tests’ server does not sync, but its files outlive the process.
      const rows = await database.system((db) => db.selectFrom('users').select('id').execute());
      const there = new Set(rows.map(({ id }) => id));
      expect([...written].filter((id) => !there.has(id))).toEqual([]);
      expect((await database.executeSql('select 1 as one')).rows).toEqual([{ one: 1 }]);
    },
  );

  it('says that it is away when it is so at the start', async () => {
    await expect(
      openOne({ url: 'postgresql://anc_server:x@127.0.0.1:1/anc' }),
    ).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
