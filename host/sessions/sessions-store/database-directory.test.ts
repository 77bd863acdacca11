import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseTickets, issueTicket } from '../accounts/index.ts';
import type { Principal } from '../accounts/principal.ts';
import { defaultPolicies } from '../limits/policies.ts';
import { RateLimiter } from '../limits/rate-limiter.ts';
import type { SessionProgress } from '../live/session-directory.ts';
import { type SessionStats, defaultSettings } from '../protocol/index.ts';
import { type TestDatabase, databaseKinds, openTestDatabase } from '../testing/test-database.ts';
import { DatabaseDirectory } from './database-directory.ts';
import { SessionsStore } from './sessions-store.ts';
import { endStaleSessions } from './stale-sessions.ts';

const none = { p50: 0, p95: 0, p99: 0 };
const progressOf = (counts: Partial<SessionStats>): SessionProgress => ({
  settings: defaultSettings,
  stats: {
    ...{ chunksProcessed: 0, chunksDropped: 0, chunksFilled: 0, chunksRefused: 0, queueDepth: 0 },
    ...{ inputDbfs: -20, outputDbfs: -30, cancellationDb: 10 },
    latency: { queueMs: none, filterMs: none, totalMs: none },
    ...counts,
  },
  bands: [{ centreHz: 125, inputDbfs: -20, outputDbfs: null }],
});

describe.each(databaseKinds)('on $kind', ({ kind, missing }) => {
  let open: TestDatabase;
  let actor: Principal;
  let store: SessionsStore;
  const directoryOf = (instance: string) =>
    new DatabaseDirectory({
      database: open.database,
      tickets: databaseTickets(open.database),
      limiter: new RateLimiter(defaultPolicies, null),
      identify: () => Promise.resolve(actor),
      instance,
      maxSessionsPerUser: 20,
    });
  const change = (id: string, values: object) =>
    open.database.system((db) =>
      db.updateTable('sessions').set(values).where('id', '=', id).execute(),
    );
  const byToken = { authorization: 'Bearer x', address: '192.0.2.1' };

  beforeAll(async () => {
    if (missing) return;
    open = await openTestDatabase(kind);
    const { id } = await open.database.system((db) =>
      db
        .insertInto('users')
        .values({ kind: 'guest', email: null, passwordHash: null })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    actor = { userId: id, role: 'viewer', kind: 'guest', scopes: null, keyId: null };
    store = new SessionsStore(open.database, 20);
  });
  afterAll(() => open?.remove());

  describe.skipIf(missing)(missing || 'the directory', () => {
    test('a session goes on on another instance after a shutdown, with what it had', async () => {
      const { id } = await store.create(actor, '', defaultSettings);
      const [one, two] = [directoryOf('one'), directoryOf('two')];
      expect(await one.admit(id, byToken)).toMatchObject({ chunksBefore: 0 });
      await one.progress(id, progressOf({ chunksProcessed: 900, chunksDropped: 7 }));
      await one.ended(id, 'shutdown', progressOf({ chunksProcessed: 950, chunksDropped: 8 }));
      expect(await store.get(actor, id)).toMatchObject({ state: 'live', instance: null });
      expect(await two.admit(id, byToken)).toMatchObject({ chunksBefore: 950 });
      // the new instance counts what it dropped from 0
      await two.progress(id, progressOf({ chunksProcessed: 1000, chunksDropped: 1 }));
      const row = await store.get(actor, id);
      expect(row).toMatchObject({ instance: 'two', chunksProcessed: 1000, chunksDropped: 8 });
    });

    test('an instance that lost a session writes nothing of it any more', async () => {
      const { id } = await store.create(actor, '', defaultSettings);
      const [one, two] = [directoryOf('one'), directoryOf('two')];
      await one.admit(id, byToken);
      await two.admit(id, byToken);
      await one.progress(id, progressOf({ chunksProcessed: 99_999 }));
      await one.ended(id, 'idle', progressOf({ chunksProcessed: 99_999 }));
      const row = await store.get(actor, id);
      expect(row).toMatchObject({ state: 'live', instance: 'two', chunksProcessed: 0 });
    });

    test('one that is over is not opened, whatever is brought', async () => {
      const { id } = await store.create(actor, '', defaultSettings);
      const one = directoryOf('one');
      await one.admit(id, byToken);
      await one.ended(id, 'client', progressOf({ chunksProcessed: 5 }));
      const { ticket } = await issueTicket(databaseTickets(open.database), {
        userId: actor.userId,
        sessionId: id,
      });
      for (const credentials of [byToken, { ticket, address: '192.0.2.1' }])
        await expect(one.admit(id, credentials)).rejects.toMatchObject({
          status: 410,
          code: 'SESSION_ENDED',
        });
      await one.progress(id, progressOf({ chunksProcessed: 500 }));
      expect(await store.get(actor, id)).toMatchObject({
        ...{ state: 'ended', endReason: 'client', chunksProcessed: 5 },
      });
    });

    test('an id that is none is nobody’s, without a query', async () => {
      await expect(directoryOf('one').admit("x' or '1'='1", byToken)).rejects.toMatchObject({
        status: 404,
        code: 'SESSION_UNKNOWN',
      });
    });

    test('what nobody will end is ended: left alone for an hour, silent for five minutes', async () => {
      const made = await Promise.all(
        Array.from({ length: 4 }, () => store.create(actor, '', defaultSettings)),
      );
      const [old, fresh, silent, heard] = made.map(({ id }) => id) as [
        string,
        string,
        string,
        string,
      ];
      const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
      await change(old, { createdAt: ago(61) });
      await change(silent, { state: 'live', seenAt: ago(6) });
      await change(heard, { state: 'live', seenAt: ago(1) });
      expect(await endStaleSessions(open.database)).toBe(2);
      const states = await Promise.all(made.map(({ id }) => store.get(actor, id)));
      expect(states.map(({ id, state }) => [id, state])).toEqual([
        [old, 'ended'],
        [fresh, 'created'],
        [silent, 'ended'],
        [heard, 'live'],
      ]);
    });
  });
});
