import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import PgBoss from 'pg-boss';
import type { Principal } from '../accounts/principal.ts';
import { defaultSettings } from '../protocol/index.ts';
import { seedRows, seedUser } from '../testing/seed.ts';
import { onEachDatabase, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { afterCursor, json, openDatabase, pageOf, type Database } from './index.ts';

onEachDatabase((kind) => {
  let test: TestDatabase;
  let database: Database;
  let anna: Principal;

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    ({ database } = test);
    anna = await seedUser(database);
  });
  afterAll(() => test.remove());

  it('brings back each type as it went', async () => {
    const createdAt = new Date('2026-02-03T04:05:06.789Z');
    const settings = { ...defaultSettings, stepSize: 0.1 + 0.2 };
    const row = await database.system((db) =>
      db
        .insertInto('sessions')
        .values({
          userId: anna.userId,
          settings: json(settings),
          createdAt,
          chunksProcessed: 2 ** 52,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    expect(row).toMatchObject({
      createdAt,
      settings,
      chunksProcessed: 2 ** 52,
      endReason: null,
      state: 'created',
    });
    const scopes = ['sessions:read', 'jobs:write'] as const;
    const key = await database.system((db) =>
      db
        .insertInto('apiKeys')
        .values({
          ...{ userId: anna.userId, name: 'k', prefix: 'p', keyHash: 'a'.repeat(64) },
          scopes: [...scopes],
        })
        .returning(['scopes', 'expiresAt'])
        .executeTakeFirstOrThrow(),
    );
    expect(key).toEqual({ scopes, expiresAt: null });
    const bands = [{ centreHz: 1000, inputDbfs: null, outputDbfs: -3.5 }];
    await database.system((db) =>
      db
        .insertInto('sessionProgress')
        .values({
          userId: anna.userId,
          sessionId: row.id,
          stats: json({} as never),
          bands: json(bands),
        })
        .execute(),
    );
    const [progress] = await database.as(anna, (db) =>
      db.selectFrom('sessionProgress').select('bands').execute(),
    );
    expect(progress).toEqual({ bands });
  });

  it.each([
    `'; drop table users; --`,
    `x' or '1'='1`,
    `\\'; select pg_sleep(10); --`,
    `"; truncate sessions cascade; --`,
    `$1, (select password_hash from users limit 1)`,
    `admin'/*`,
    '%_\\',
    '⟨ünïcödé⟩ 👂',
  ])('keeps %s as text', async (text) => {
    const { id } = await database.as(anna, (db) =>
      db
        .insertInto('sessions')
        .values({ userId: anna.userId, name: text, settings: json({ note: text } as never) })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    const found = await database.as(anna, (db) =>
      db
        .selectFrom('sessions')
        .select(['id', 'name', 'settings'])
        .where('name', '=', text)
        .execute(),
    );
    expect(found).toEqual([{ id, name: text, settings: { note: text } }]);
    // The actor’s id goes the same way.
    const actor = { ...anna, userId: text };
    await expect(
      database.as(actor, (db) => db.selectFrom('sessions').select('id').execute()),
    ).rejects.toMatchObject({ code: '22P02' });
  });

  it('refuses text with U+0000 with a code of its own', async () => {
    const name = 'a\0b';
    const write = database.as(anna, (db) =>
      db
        .insertInto('sessions')
        .values({ userId: anna.userId, name, settings: json({} as never) })
        .execute(),
    );
    await expect(write).rejects.toMatchObject({ code: 'TEXT_INVALID' });
  });

  it('undoes all of a piece of work that fails', async () => {
    const count = () =>
      database
        .as(anna, (db) => db.selectFrom('devices').select('id').execute())
        .then((r) => r.length);
    const before = await count();
    const failing = database.as(anna, async (db) => {
      const device = { userId: anna.userId, board: 'b', firmwareVersion: '1' };
      await db
        .insertInto('devices')
        .values({ ...device, serialNumber: 'twice' })
        .execute();
      await db
        .insertInto('devices')
        .values({ ...device, serialNumber: 'twice' })
        .execute();
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await count()).toBe(before);
  });

  it('keeps the work of many at once apart', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, () => seedUser(database)));
    await Promise.all(users.map((user) => seedRows(database, user)));
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const actor = users[i % users.length]!;
        const rows = await database.as(actor, (db) =>
          db.selectFrom('recordings').select('userId').execute(),
        );
        return rows.map(({ userId }) => userId).join() === actor.userId;
      }),
    );
    expect(seen.filter((isOwn) => !isOwn)).toEqual([]);
  });

  it('pages through rows of the same millisecond, each once, while others come', async () => {
    const user = await seedUser(database);
    const at = new Date();
    const kind = 'hum' as const;
    const event = { userId: user.userId, at, kind, confidence: 1, levelDbfs: -20 };
    const add = (count: number) =>
      database.as(user, (db) =>
        db
          .insertInto('noiseEvents')
          .values(Array.from({ length: count }, () => event))
          .execute(),
      );
    await add(25);
    const { rows: expected } = await database.system((db) =>
      sql`select id from noise_events where user_id = ${user.userId}`.execute(db),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; next: string | null } = await database.reading(
        user,
        async (db) =>
          pageOf(
            await db
              .selectFrom('noiseEvents')
              .select(['id', 'at'])
              .where(afterCursor(cursor, 'at'))
              .orderBy('at', 'desc')
              .orderBy('id', 'desc')
              .limit(11)
              .execute(),
            10,
            (row) => row,
          ),
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      await database.as(user, (db) =>
        db
          .insertInto('noiseEvents')
          .values({ ...event, at: new Date(at.getTime() + 5) })
          .execute(),
      );
    } while (cursor);
    expect(seen.sort()).toEqual(expected.map((row) => (row as { id: string }).id).sort());
  });

  it.each([
    '',
    'x',
    'MjAyNg',
    Buffer.from(`2026-99-99T00:00:00.000Z ${'a'.repeat(36)}`).toString('base64url'),
  ])('refuses the cursor %s', (cursor) => {
    if (cursor === '') expect(() => afterCursor(cursor, 'at')).not.toThrow();
    else
      expect(() => afterCursor(cursor, 'at')).toThrow(
        expect.objectContaining({ code: 'CURSOR_INVALID' }),
      );
  });

  describe('pg-boss', () => {
    it('works as anc_system: queues, jobs, retries', async () => {
      const boss = new PgBoss({
        db: { executeSql: (text, values) => database.executeSql(text, values) },
        schedule: false,
        supervise: false,
      });
      boss.on('error', () => {});
      await boss.start();
      await boss.createQueue('reports', { name: 'reports', policy: 'standard', retryLimit: 1 });
      const id = await boss.send('reports', { sessionId: 'x' });
      const [job] = await boss.fetch<{ sessionId: string }>('reports');
      expect(job).toMatchObject({ id, data: { sessionId: 'x' } });
      await boss.fail('reports', id!, { reason: 'first' });
      expect(await boss.getJobById('reports', id!)).toMatchObject({ state: 'retry' });
      await boss.stop({ graceful: false, close: false });
    });

    it('does not leave a failed text of several statements in a transaction', async () => {
      await expect(
        database.executeSql('begin; create table public.x (id int); commit'),
      ).rejects.toMatchObject({ code: '42501' });
      expect((await database.executeSql('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('keeps everything over a restart, and migrates only what is missing', async () => {
    const other = await openTestDatabase(kind);
    const user = await seedUser(other.database);
    await seedRows(other.database, user);
    await other.database.close();
    const again = await openDatabase(other.options);
    const rows = await again.as(user, (db) => db.selectFrom('recordings').select('id').execute());
    expect(rows).toHaveLength(1);
    await again.close();
    await other.remove();
  });

  it('answers a ping; finishes what it began before it closes, and begins nothing after', async () => {
    await database.ping();
    const other = await openTestDatabase(kind);
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const last = other.database.system(async (db) => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return db.selectFrom('users').select('id').execute();
    });
    await hasBegun;
    await Promise.all([other.database.close(), other.database.close()]);
    expect(await last).toEqual([]);
    const away = expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' });
    await expect(other.database.ping()).rejects.toEqual(away);
    await expect(seedUser(other.database)).rejects.toEqual(away);
    await expect(other.database.executeSql('select 1')).rejects.toEqual(away);
    await other.remove();
  });
});
