import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AncError } from '@anc/link';
import type { Principal } from '../accounts/principal.ts';
import { openDatabase } from '../storage/index.ts';
import { databaseKinds, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { startChildProgram } from '../testing/typescript-program.ts';
import { FinalJobError } from './index.ts';
import { eraseJobs } from './job-table.ts';
import { addUser, definition, startTestJobs, type TestJobs, until } from './testing.ts';

const never = () => new Promise<never>(() => {});

describe.each(databaseKinds)('jobs on $kind', ({ kind, missing }) => {
  let test_: TestDatabase;
  let running: TestJobs[] = [];

  beforeAll(async () => {
    if (!missing) test_ = await openTestDatabase(kind);
  }, 60_000);
  afterAll(() => test_?.remove());
  afterEach(async () => {
    for (const one of running) await one.stop();
    running = [];
  });

  async function start(
    ...options: Parameters<typeof startTestJobs> extends [unknown, ...infer R] ? R : never
  ) {
    const started = await startTestJobs(test_.database, ...options);
    running.push(started);
    return started;
  }

  const order = () => ({ kind: 'session-report', subjectId: randomUUID() }) as const;
  const outcome = async ({ metrics }: TestJobs, name: string, what: string) =>
    (await metrics.registry.getSingleMetric('anc_jobs_total')!.get()).values.find(
      ({ labels }) => labels['name'] === name && labels['outcome'] === what,
    )!.value;

  test.skipIf(missing)(
    'one is ordered, runs as who ordered it, and its result is there',
    async () => {
      const user = await addUser(test_.database, 'engineer');
      const run = vi.fn(async () => ({ answer: 42 }));
      const started = await start({ definitions: [definition('session-report', run)] });
      const what = order();
      const ordered = await started.jobs.order(user, what);
      expect(ordered).toMatchObject({ ...what, userId: user.userId, tries: 0, maxTries: 1 });
      const done = await until(started.jobs, user, ordered.id, 'done');
      expect(done).toMatchObject({ state: 'done', tries: 1, result: { answer: 42 }, error: null });
      expect(done.endedAt!.getTime()).toBeGreaterThanOrEqual(done.startedAt!.getTime());
      expect(run).toHaveBeenCalledWith(
        expect.objectContaining({
          jobId: ordered.id,
          subjectId: what.subjectId,
          actor: { userId: user.userId, role: 'engineer' },
        }),
      );
      await expect.poll(() => outcome(started, 'session-report', 'completed')).toBe(1);
    },
  );

  test.skipIf(missing)('a failed run is tried again after a while', async () => {
    const user = await addUser(test_.database);
    let runs = 0;
    const started = await start({
      definitions: [
        definition(
          'session-report',
          async () => {
            runs += 1;
            if (runs < 3) throw new AncError('NOT_YET', `run ${runs}`);
            return { runs };
          },
          { retryLimit: 3 },
        ),
      ],
    });
    const { id } = await started.jobs.order(user, order());
    const done = await until(started.jobs, user, id, 'done');
    expect(done).toMatchObject({ tries: 3, maxTries: 4, result: { runs: 3 } });
    await expect.poll(() => outcome(started, 'session-report', 'retrying')).toBe(2);
  });

  test.skipIf(missing)('the wait before the next run grows', async () => {
    const user = await addUser(test_.database);
    const started = await start({
      definitions: [
        definition('session-report', () => Promise.reject(new AncError('NO', 'no')), {
          retryLimit: 9,
          retryDelaySeconds: 40,
        }),
      ],
    });
    const { id } = await started.jobs.order(user, order());
    await until(started.jobs, user, id, 'retrying');
    const { rows } = await test_.database.executeSql(
      `select extract(epoch from start_after - now())::float8 as wait from pgboss.job where id = $1`,
      [id],
    );
    // the first retry: between once and twice the delay
    const { wait } = rows[0] as { wait: number };
    expect(wait).toBeGreaterThan(35);
    expect(wait).toBeLessThan(80);
  });

  test.skipIf(missing)(
    'what fails for good is a dead letter, until somebody has it tried again',
    async () => {
      const user = await addUser(test_.database);
      let isBroken = true;
      const started = await start({
        definitions: [
          definition('session-report', async () => {
            if (isBroken) throw new AncError('DISK_GONE', 'the disk is gone');
            return { ok: true };
          }),
        ],
      });
      const { jobs } = started;
      const { id } = await jobs.order(user, order());
      const failed = await until(jobs, user, id, 'failed');
      expect(failed.error).toEqual({ code: 'DISK_GONE', message: 'the disk is gone' });
      const letters = async () =>
        (
          await test_.database.executeSql(
            `select data->>'userId' as "userId" from pgboss.job where name = 'dead-letters' and data->>'jobId' = $1`,
            [id],
          )
        ).rows;
      expect(await letters()).toEqual([{ userId: user.userId }]);
      expect(await outcome(started, 'session-report', 'failed')).toBe(1);
      isBroken = false;
      await jobs.retry(user, id);
      expect(await until(jobs, user, id, 'done')).toMatchObject({ tries: 2, error: null });
      expect(await letters()).toEqual([]);
      await expect(jobs.retry(user, id)).rejects.toMatchObject({ code: 'JOB_NOT_FAILED' });
    },
  );

  test.skipIf(missing)('what another run would repeat is not tried again', async () => {
    const user = await addUser(test_.database);
    const run = vi.fn(() => Promise.reject(new FinalJobError('GONE', 'it is gone')));
    const { jobs } = await start({
      definitions: [definition('session-report', run, { retryLimit: 5 })],
    });
    const { id } = await jobs.order(user, order());
    expect(await until(jobs, user, id, 'failed')).toMatchObject({ error: { code: 'GONE' } });
    expect(run).toHaveBeenCalledTimes(1);
  });

  test.skipIf(missing)('an error without a code tells its user nothing of the inside', async () => {
    const user = await addUser(test_.database);
    const { jobs } = await start({
      definitions: [
        definition('session-report', () => Promise.reject(new Error('/secret/path: refused'))),
      ],
    });
    const { id } = await jobs.order(user, order());
    const { error } = await until(jobs, user, id, 'failed');
    expect(error!.code).toBe('INTERNAL');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test.skipIf(missing)('one that waits, and one that runs, can be cancelled', async () => {
    const user = await addUser(test_.database);
    let signal: AbortSignal | null = null;
    const started = await start({
      definitions: [
        definition('session-report', (context) => {
          signal = context.signal;
          return never();
        }),
      ],
    });
    const { jobs } = started;
    const first = await jobs.order(user, order());
    const second = await jobs.order(user, order());
    await until(jobs, user, first.id, 'running');
    expect(await jobs.cancel(user, second.id)).toMatchObject({ state: 'cancelled', tries: 0 });
    expect(await jobs.cancel(user, first.id)).toMatchObject({ state: 'cancelled' });
    await expect.poll(() => signal!.aborted).toBe(true);
    await expect(jobs.cancel(user, first.id)).rejects.toMatchObject({ code: 'JOB_ENDED' });
    await expect.poll(() => outcome(started, 'session-report', 'cancelled')).toBe(1);
    // the slot is free again
    const third = await jobs.order(user, order());
    await until(jobs, user, third.id, 'running');
    await jobs.cancel(user, third.id);
  });

  test.skipIf(missing)('a run that is cancelled on another instance is told', async () => {
    const user = await addUser(test_.database);
    let signal: AbortSignal | null = null;
    const { jobs } = await start({
      definitions: [
        definition('session-report', (context) => {
          signal = context.signal;
          return never();
        }),
      ],
    });
    const { id } = await jobs.order(user, order());
    await until(jobs, user, id, 'running');
    await test_.database.executeSql(`update pgboss.job set state = 'cancelled' where id = $1`, [
      id,
    ]);
    await expect.poll(() => signal!.aborted).toBe(true);
  });

  test.skipIf(missing)('the same order is not queued twice while it waits', async () => {
    const [user, other] = [await addUser(test_.database), await addUser(test_.database)];
    let end = () => {};
    const { jobs } = await start({
      definitions: [
        definition('session-report', () => new Promise((resolve) => (end = () => resolve({})))),
      ],
    });
    const what = order();
    const first = await jobs.order(user, what);
    await until(jobs, user, first.id, 'running');
    const second = await jobs.order(user, what);
    expect(second.id).not.toBe(first.id);
    expect((await jobs.order(user, what)).id).toBe(second.id);
    const foreign = await jobs.order(other, what);
    expect(foreign.id).not.toBe(second.id);
    for (const [who, { id }] of [
      [user, first],
      [user, second],
      [other, foreign],
    ] as const) {
      await until(jobs, who, id, 'running');
      end();
      await until(jobs, who, id, 'done');
    }
  });

  test.skipIf(missing)('a viewer sees own jobs, an engineer and an admin all', async () => {
    const [a, b] = [await addUser(test_.database), await addUser(test_.database)];
    const staff = [
      await addUser(test_.database, 'engineer'),
      await addUser(test_.database, 'admin'),
    ];
    const { jobs } = await start({
      definitions: [definition('session-report', async () => ({}))],
    });
    const [ofA, ofB] = [await jobs.order(a, order()), await jobs.order(b, order())];
    await until(jobs, a, ofA.id, 'done');
    const ids = async (who: typeof a) =>
      (await jobs.list(who, { limit: 200 })).items.map(({ id }) => id);
    expect(await ids(a)).toEqual([ofA.id]);
    expect(await ids(b)).toEqual([ofB.id]);
    for (const who of staff) {
      expect(await ids(who)).toEqual(expect.arrayContaining([ofA.id, ofB.id]));
      expect(await jobs.get(who, ofA.id)).toMatchObject({ id: ofA.id });
    }
    for (const action of ['get', 'page', 'retry', 'cancel'] as const)
      expect(await jobs[action](a, ofB.id)).toBeNull();
    // the rows themselves are out of reach, for whoever forgets a condition
    const seen = await test_.database.as(a, async (db) => {
      return (await sql<{ id: string }>`select id from pgboss.job`.execute(db)).rows;
    });
    expect(seen).toEqual([{ id: ofA.id }]);
    await expect(
      test_.database.as(a, async (db) => {
        await sql`update pgboss.job set state = 'cancelled'`.execute(db);
      }),
    ).rejects.toThrow(/permission denied/);
    await eraseJobs(test_.database, a.userId);
    expect(await ids(a)).toEqual([]);
    expect(await ids(b)).toEqual([ofB.id]);
  });

  test.skipIf(missing)('lists are newest first, in pages, by kind, state and subject', async () => {
    const user = await addUser(test_.database);
    const { jobs } = await start({
      definitions: [
        definition('session-report', async () => ({ large: 'x' })),
        definition('recording-analysis', () => Promise.reject(new AncError('NO', 'no'))),
      ],
    });
    const ordered = [];
    for (let i = 0; i < 3; i++) ordered.push(await jobs.order(user, order()));
    const subjectId = randomUUID();
    ordered.push(await jobs.order(user, { kind: 'recording-analysis', subjectId }));
    for (const { id } of ordered) await until(jobs, user, id, 'done', 'failed');
    const newestFirst = ordered.map(({ id }) => id).reverse();
    const first = await jobs.list(user, { limit: 3 });
    const second = await jobs.list(user, { limit: 3, cursor: first.next! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(newestFirst);
    expect(second.next).toBeNull();
    expect(first.items.every(({ result }) => result === null)).toBe(true);
    const ids = async (filter: object) =>
      (await jobs.list(user, { limit: 9, ...filter })).items.map(({ id }) => id);
    expect(await ids({ kind: 'recording-analysis' })).toEqual(newestFirst.slice(0, 1));
    expect(await ids({ state: 'done' })).toEqual(newestFirst.slice(1));
    expect(await ids({ subjectId })).toEqual(newestFirst.slice(0, 1));
    await expect(jobs.list(user, { limit: 9, cursor: 'x' })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });

  test.skipIf(missing)(
    'a job of the clock is ordered once a slot, by whoever is first',
    async () => {
      const run = vi.fn(async () => ({ deleted: 1 }));
      const clock = [definition('retention', run, { everySeconds: 86_400 })];
      const [one] = [await start({ definitions: clock }), await start({ definitions: clock })];
      const admin = await addUser(test_.database, 'admin');
      await expect.poll(() => run.mock.calls.length).toBe(1);
      const { items } = await one.jobs.list(admin, { limit: 50, kind: 'retention' });
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({ userId: null, subjectId: null });
      await until(one.jobs, admin, items[0]!.id, 'done');
      const viewer = await addUser(test_.database);
      expect(await one.jobs.get(viewer, items[0]!.id)).toBeNull();
    },
  );

  test.skipIf(missing)('a stop waits for what runs, and takes nothing new', async () => {
    const user = await addUser(test_.database);
    let end = () => {};
    const first = await start({
      definitions: [
        definition('session-report', () => new Promise((resolve) => (end = () => resolve({})))),
      ],
    });
    const job = await first.jobs.order(user, order());
    const next = await first.jobs.order(user, order());
    await until(first.jobs, user, job.id, 'running');
    const stopped = first.jobs.stop(10_000);
    setTimeout(() => end(), 100);
    await stopped;
    expect(await first.jobs.get(user, job.id)).toMatchObject({ state: 'done' });
    expect(await first.jobs.get(user, next.id)).toMatchObject({ state: 'queued' });
    expect(first.jobs.fault()).toBe('the jobs are stopped');
    await first.jobs.cancel(user, next.id);
  });

  test.skipIf(missing)(
    'what does not end before the deadline of a stop is given back, and not counted as a try',
    async () => {
      const user = await addUser(test_.database);
      const first = await start({ definitions: [definition('session-report', never)] });
      const { id } = await first.jobs.order(user, order());
      await until(first.jobs, user, id, 'running');
      const from = performance.now();
      await first.jobs.stop(1200);
      expect(performance.now() - from).toBeLessThan(1200);
      expect(await first.jobs.get(user, id)).toMatchObject({ state: 'retrying', tries: 0 });
      expect(await outcome(first, 'session-report', 'returned')).toBe(1);
      const second = await start({
        definitions: [definition('session-report', async () => ({ by: 'second' }))],
      });
      expect(await until(second.jobs, user, id, 'done')).toMatchObject({
        tries: 1,
        result: { by: 'second' },
      });
    },
  );

  test.skipIf(missing)('a run that takes too long is ended, and tried again', async () => {
    const user = await addUser(test_.database);
    let runs = 0;
    const { jobs } = await start({
      definitions: [
        definition(
          'session-report',
          () => {
            runs += 1;
            return runs === 1 ? never() : Promise.resolve({ runs });
          },
          { expireSeconds: 1, retryLimit: 1 },
        ),
      ],
    });
    const { id } = await jobs.order(user, order());
    expect(await until(jobs, user, id, 'done')).toMatchObject({ tries: 2, result: { runs: 2 } });
  });

  test.skipIf(missing)('what a killed process was running is run again', async () => {
    const own = await openTestDatabase(kind);
    // PGlite belongs to one process at a time
    await own.database.close();
    const program = await startChildProgram('host/sessions/jobs/testing-endless.ts', [
      JSON.stringify(own.options),
    ]);
    const line = await program.lines.next();
    await program.end('SIGKILL');
    const user = JSON.parse(String(line.value)) as Principal;
    const database = await openDatabase(own.options);
    try {
      const started = await startTestJobs(database, {
        maintenanceSeconds: 1,
        definitions: [definition('session-report', async () => ({ by: 'the living' }))],
      });
      const { items } = await started.jobs.list(user, { limit: 9 });
      expect(items).toMatchObject([{ state: 'running', tries: 1 }]);
      expect(await until(started.jobs, user, items[0]!.id, 'done')).toMatchObject({
        tries: 2,
        result: { by: 'the living' },
      });
      await started.stop();
    } finally {
      await database.close();
      await own.remove();
    }
  });

  test.skipIf(missing)('a statement that fails in its own BEGIN spoils no connection', async () => {
    const { database } = test_;
    for (let i = 0; i < 5; i++)
      await expect(database.executeSql('begin; select 1 / 0; commit')).rejects.toThrow(/zero/);
    for (let i = 0; i < 5; i++)
      expect((await database.executeSql('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(database.connections()).toMatchObject({ busy: 0, waiting: 0 });
  });

  test.skipIf(missing)('the backlog is read at a scrape', async () => {
    const user = await addUser(test_.database);
    const { jobs, metrics } = await start({
      definitions: [definition('recording-analysis', never)],
    });
    const [first, second] = [
      await jobs.order(user, { kind: 'recording-analysis', subjectId: randomUUID() }),
      await jobs.order(user, { kind: 'recording-analysis', subjectId: randomUUID() }),
    ];
    await until(jobs, user, first.id, 'running');
    const text = await metrics.registry.metrics();
    expect(text).toContain('anc_jobs{name="recording-analysis",state="running"} 1');
    expect(text).toContain('anc_jobs{name="recording-analysis",state="waiting"} 1');
    await jobs.cancel(user, second.id);
    await jobs.cancel(user, first.id);
  });
});
