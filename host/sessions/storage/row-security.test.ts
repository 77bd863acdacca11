import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal, Role } from '../accounts/principal.ts';
import { seedRows, seedUser, type SeededRows } from '../testing/seed.ts';
import { onEachDatabase, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { json, type Database } from './index.ts';

/** Tables with an owner that `anc_app` reads whole. */
const wholeTables = [
  'sessions',
  'session_progress',
  'devices',
  'device_telemetry',
  'recordings',
  'noise_events',
] as const;
/** Of these it reads the columns that are no secret. */
const partTables = ['refresh_tokens', 'api_keys'] as const;
const fleetTables = ['devices', 'device_telemetry', 'noise_events'];

/** What no policy and no right allows: SQLSTATE 42501. */
const denied = expect.objectContaining({ code: '42501' });

onEachDatabase((kind) => {
  let test: TestDatabase;
  let database: Database;
  let anna: Principal;
  let ben: Principal;
  let annas: SeededRows;
  let bens: SeededRows;
  const actors = {} as Record<Role, Principal>;

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    ({ database } = test);
    [anna, ben] = [await seedUser(database), await seedUser(database)];
    annas = await seedRows(database, anna);
    bens = await seedRows(database, ben);
    for (const role of ['viewer', 'engineer', 'admin'] as const)
      actors[role] = await seedUser(database, role);
  });
  afterAll(() => test.remove());

  const raw = (actor: Principal, text: string) =>
    database.as(actor, async (db) => (await sql.raw(text).execute(db)).rows);
  const owners = async (actor: Principal, table: string) =>
    (
      await database.as(
        actor,
        async (db) =>
          (await sql<{ userId: string }>`select user_id from ${sql.table(table)}`.execute(db)).rows,
      )
    ).map(({ userId }) => userId);

  describe('a query that forgets its WHERE', () => {
    it.each([...wholeTables, ...partTables])('reads only own rows of %s', async (table) => {
      expect(await owners(anna, table)).toEqual([anna.userId]);
      expect(await owners(ben, table)).toEqual([ben.userId]);
      expect(await owners(actors.viewer, table)).toEqual([]);
    });

    it.each([...wholeTables, ...partTables])('of an admin reads all rows of %s', async (table) => {
      expect((await owners(actors.admin, table)).sort()).toEqual([anna.userId, ben.userId].sort());
    });

    it.each([...wholeTables, ...partTables])(
      'of an engineer reads %s of the fleet only',
      async (table) => {
        expect(await owners(actors.engineer, table)).toHaveLength(
          fleetTables.includes(table) ? 2 : 0,
        );
      },
    );

    it('reads only the own user, and only own events of the audit', async () => {
      expect(await raw(anna, 'select id from users')).toEqual([{ id: anna.userId }]);
      expect(await raw(actors.admin, 'select id from users')).toHaveLength(5);
      expect(await raw(anna, 'select actor_id from audit_events')).toEqual([
        { actorId: anna.userId },
      ]);
      expect(await raw(actors.admin, 'select actor_id from audit_events')).toHaveLength(2);
    });

    it('changes and deletes only own rows', async () => {
      const stranger = actors.viewer;
      for (const table of ['sessions', 'recordings', 'devices', 'api_keys']) {
        expect(await raw(stranger, `update ${table} set name = 'taken' returning id`)).toEqual([]);
        const mine = await raw(anna, `update ${table} set name = 'mine' returning user_id`);
        expect(mine).toEqual([{ userId: anna.userId }]);
      }
      for (const table of wholeTables.filter((name) => name !== 'session_progress'))
        expect(await raw(stranger, `delete from ${table} returning id`)).toEqual([]);
      // An engineer sees the fleet, and changes nothing of it.
      for (const table of fleetTables)
        expect(await raw(actors.engineer, `delete from ${table} returning id`)).toEqual([]);
      expect(await owners(ben, 'devices')).toEqual([ben.userId]);
    });

    it('sees nothing when nobody was set', async () => {
      const nobody = { ...anna, userId: '' };
      for (const table of [...wholeTables, ...partTables])
        expect(await owners(nobody, table)).toEqual([]);
    });
  });

  describe('rows of another user', () => {
    it('are not inserted', async () => {
      const { userId } = ben;
      const stolen = database.as(anna, (db) =>
        db
          .insertInto('sessions')
          .values({ userId, settings: json({} as never) })
          .execute(),
      );
      await expect(stolen).rejects.toEqual(denied);
      const key = database.as(anna, (db) =>
        db
          .insertInto('apiKeys')
          .values({ userId, name: 'x', prefix: 'x', keyHash: 'a'.repeat(64), scopes: null })
          .execute(),
      );
      await expect(key).rejects.toEqual(denied);
      const event = database.as(anna, (db) =>
        db.insertInto('auditEvents').values({ actorId: userId, action: 'user.login' }).execute(),
      );
      await expect(event).rejects.toEqual(denied);
    });

    it('do not become those of another, nor the other way', async () => {
      for (const table of ['sessions', 'recordings', 'devices', 'api_keys'])
        await expect(raw(anna, `update ${table} set user_id = '${ben.userId}'`)).rejects.toEqual(
          denied,
        );
    });

    it('are no parents of own rows', async () => {
      const foreign = expect.objectContaining({ code: '23503' });
      const recording = {
        ...{ name: 'x', bytes: 1, sha256: 'a'.repeat(64), channels: 1, sampleRateHz: 48_000 },
        ...{ durationSeconds: 0, fileKey: 'x' },
      };
      const { userId } = anna;
      const hung = database.as(anna, (db) =>
        db
          .insertInto('recordings')
          .values({ ...recording, userId, sessionId: bens.sessionId })
          .execute(),
      );
      await expect(hung).rejects.toEqual(foreign);
      const spoofed = database.as(anna, (db) =>
        db
          .insertInto('deviceTelemetry')
          .values({ userId, deviceId: bens.deviceId, at: new Date(), payload: json({}) })
          .execute(),
      );
      await expect(spoofed).rejects.toEqual(foreign);
    });

    it('keep their ids to themselves: a session of another looks like none', async () => {
      const found = await database.as(anna, (db) =>
        db.selectFrom('sessions').select('id').where('id', '=', bens.sessionId).execute(),
      );
      expect(found).toEqual([]);
      expect(annas.sessionId).not.toBe(bens.sessionId);
    });
  });

  describe('a user', () => {
    it('does not raise the own role, and does not disable or rename others', async () => {
      const { userId } = actors.viewer;
      await expect(raw(actors.viewer, `update users set role = 'admin'`)).rejects.toEqual(denied);
      await expect(raw(actors.engineer, `update users set role = 'admin'`)).rejects.toEqual(denied);
      expect(await raw(actors.viewer, `update users set name = 'me' returning id`)).toEqual([
        { id: userId },
      ]);
    });
  });

  describe('secrets', () => {
    it.each([
      ['users', 'password_hash'],
      ['users', '*'],
      ['refresh_tokens', 'token_hash'],
      ['api_keys', 'key_hash'],
      ['session_tickets', 'ticket_hash'],
      ['kysely_migration', 'name'],
      ['pgboss.job', 'id'],
      ['pg_authid', 'rolpassword'],
    ])('%s.%s cannot be read by anc_app, not even by an admin', async (table, column) => {
      await expect(raw(actors.admin, `select ${column} from ${table}`)).rejects.toEqual(denied);
    });

    it('are not found out by comparing either', async () => {
      await expect(
        raw(anna, `select id from users where password_hash like '$argon2%'`),
      ).rejects.toEqual(denied);
    });
  });

  describe.each(['anc_app', 'anc_system'])('%s', (role) => {
    const attempt = (text: string) =>
      role === 'anc_app'
        ? raw(actors.admin, text)
        : database.system(async (db) => sql.raw(text).execute(db));

    it.each([
      'alter table sessions disable row level security',
      'alter table sessions no force row level security',
      'drop policy app_read on sessions',
      'create policy all_rows on sessions using (true)',
      'drop table sessions',
      'alter table users add column x integer',
      'truncate sessions',
      'create table mine (id integer)',
      'create temporary table users (id integer)',
      'create schema mine',
      'create function f() returns integer language sql as $$ select 1 $$',
      'create role x',
      'grant anc_system to anc_app',
      `alter function app_role() rename to x`,
      'update audit_events set action = $$user.login$$',
      'delete from audit_events',
      'set session_replication_role = replica',
    ])('may not: %s', async (text) => {
      await expect(attempt(text)).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|42P01)$/),
      });
    });

    it('gives away no right', async () => {
      // Without an option to grant, PostgreSQL refuses, or warns and does nothing.
      await attempt('grant select on users to public').catch(() => {});
      const { rows } = await database.system((db) =>
        sql<{ has: boolean }>`
          select has_column_privilege('anc_app', 'users', 'password_hash', 'select') as has
        `.execute(db),
      );
      expect(rows).toEqual([{ has: false }]);
    });
  });

  it('is on, and forced, for every table of the schema', async () => {
    const { rows } = await database.system((db) =>
      sql<{ relname: string; on: boolean }>`
        select relname, relrowsecurity and relforcerowsecurity as "on" from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and relname not like 'kysely%'`.execute(db),
    );
    expect(rows.map(({ relname }) => relname).sort()).toEqual(
      [...wholeTables, ...partTables, 'users', 'session_tickets', 'audit_events'].sort(),
    );
    expect(rows.filter(({ on }) => !on)).toEqual([]);
  });

  it('leaves nothing of one piece of work to the next', async () => {
    const state = () =>
      database.executeSql(
        `select current_setting('app.current_user_id', true) as id, current_user as "user"`,
      );
    const before = await state();
    await owners(anna, 'sessions');
    await raw(anna, 'select 1 / 0').catch(() => {});
    expect(await state()).toEqual(before);
    expect(before.rows[0]).toMatchObject({ user: 'anc_system' });
    expect((before.rows[0] as { id: string | null }).id || null).toBeNull();
  });

  it('reads and does not write in `reading`', async () => {
    expect(
      await database.reading(anna, (db) => db.selectFrom('sessions').select('id').execute()),
    ).toEqual([{ id: annas.sessionId }]);
    const write = database.reading(anna, (db) => db.deleteFrom('sessions').execute());
    await expect(write).rejects.toMatchObject({ code: '25006' });
  });
});
