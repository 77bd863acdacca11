import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeWav, makeNoise } from '@anc/dsp-reference';
import type { Principal } from '../accounts/principal.ts';
import type { NoiseKind, SessionStats } from '../protocol/index.ts';
import { defaultSettings } from '../protocol/index.ts';
import { json } from '../storage/index.ts';
import { databaseKinds, openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import type { BusinessResult } from './business/business-metrics.ts';
import { retentionOf, type RecordingResult, type SessionReport } from './index.ts';
import type { RetentionResult } from './retention/retention.ts';
import { addUser, startTestJobs, type TestJobs, until } from './testing.ts';

const rate = 48_000;

describe.each(databaseKinds)('results of jobs on $kind', ({ kind, missing }) => {
  let own: TestDatabase;
  let user: Principal;
  let admin: Principal;
  let started: TestJobs;

  beforeAll(async () => {
    if (missing) return;
    own = await openTestDatabase(kind);
    admin = await addUser(own.database, 'admin');
    started = await startTestJobs(own.database, { retention });
    // the clock's jobs of the start would find what the tests are just putting down
    for (const { id } of (await started.jobs.list(admin, { limit: 9 })).items)
      await until(started.jobs, admin, id, 'done');
  }, 60_000);
  afterAll(async () => {
    await started?.stop();
    await own?.remove();
  });
  beforeEach(async () => {
    if (!missing) user = await addUser(own.database);
  });

  const retention = {
    ...retentionOf(30),
    guests: 7,
    sessions: 500,
    recordings: 30,
    noiseEvents: null,
  };

  async function result<T>(
    actor: Principal,
    what: 'session-report' | 'recording-analysis',
    subjectId: string,
  ): Promise<{ id: string; result: T }> {
    const { id } = await started.jobs.order(actor, { kind: what, subjectId });
    const job = await until(started.jobs, actor, id, 'done', 'failed');
    if (job.error) throw Object.assign(new Error(job.error.message), { code: job.error.code });
    return { id, result: job.result as T };
  }

  /** Of the clock: asked for at once, out of its turn. */
  async function clockResult<T>(what: 'retention' | 'business-metrics'): Promise<T> {
    const { items } = await started.jobs.list(admin, { limit: 1, kind: what });
    await own.database.executeSql(
      `update pgboss.job set state = 'created', started_on = null where id = $1`,
      [items[0]!.id],
    );
    return (await until(started.jobs, admin, items[0]!.id, 'done')).result as T;
  }

  async function addSession(values: { createdAt?: Date; userId?: string } = {}): Promise<string> {
    const createdAt = values.createdAt ?? new Date();
    const row = await own.database.system((db) =>
      db
        .insertInto('sessions')
        .values({
          userId: values.userId ?? user.userId,
          name: 'Prüfung <b>',
          settings: json({ ...defaultSettings, channels: 2 as const }),
          state: 'ended',
          chunksProcessed: 3750,
          chunksDropped: 250,
          chunksFilled: 4,
          chunksRefused: 1,
          createdAt,
          startedAt: createdAt,
          endedAt: new Date(createdAt.getTime() + 40_000),
          endReason: 'client',
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    return row.id;
  }

  const addNoise = (sessionId: string, noise: NoiseKind, at = new Date(), emergency = false) =>
    own.database.system((db) =>
      db
        .insertInto('noiseEvents')
        .values({
          userId: user.userId,
          sessionId,
          at,
          kind: noise,
          confidence: 0.75,
          levelDbfs: -33.25,
          emergency,
        })
        .execute(),
    );

  async function addRecording(channels: Float64Array[], ageDays = 0): Promise<[string, string]> {
    const id = randomUUID();
    const fileKey = `${id.slice(0, 2)}/${id}.wav`;
    const path = started.recordings.files.pathOf(fileKey);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, encodeWav({ sampleRateHz: rate, channels }, 'pcm16'));
    const row = await own.database.system((db) =>
      db
        .insertInto('recordings')
        .values({
          userId: user.userId,
          name: 'Zug',
          bytes: 44,
          sha256: '0'.repeat(64),
          channels: channels.length,
          sampleRateHz: rate,
          durationSeconds: channels[0]!.length / rate,
          fileKey,
          createdAt: new Date(Date.now() - ageDays * 86_400_000),
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    return [row.id, path];
  }

  const percentiles = (p50: number, p95: number, p99: number) => ({ p50, p95, p99 });
  const stats = (chunksProcessed: number, totalP99: number): SessionStats => ({
    chunksProcessed,
    chunksDropped: 0,
    chunksFilled: 0,
    chunksRefused: 0,
    queueDepth: 0,
    inputDbfs: null,
    outputDbfs: null,
    cancellationDb: null,
    latency: {
      queueMs: percentiles(0.5, 1, 2),
      filterMs: percentiles(0.25, 0.5, 0.75),
      totalMs: percentiles(1, 2, totalP99),
    },
  });

  test.skipIf(missing)('the report of a session has what was written down of it', async () => {
    const sessionId = await addSession();
    const at = Date.now() - 60_000;
    // 10 s at −20 dBFS, then 30 s at −30: weighted by chunks, (937·0.01 + 2813·0.001) / 3750
    const rows = [
      [0, 937, -20, -40, 4],
      [30, 3750, -30, -50, 9],
    ] as const;
    for (const [seconds, chunks, inputDbfs, outputDbfs, p99] of rows)
      await own.database.system((db) =>
        db
          .insertInto('sessionProgress')
          .values({
            userId: user.userId,
            sessionId,
            at: new Date(at + seconds * 1000),
            stats: json(stats(chunks, p99)),
            bands: json([
              { centreHz: 125, inputDbfs, outputDbfs },
              { centreHz: 250, inputDbfs: -60, outputDbfs: -60 },
              { centreHz: 500, inputDbfs: null, outputDbfs: null },
            ]),
          })
          .execute(),
      );
    await addNoise(sessionId, 'hum', new Date(at));
    await addNoise(sessionId, 'siren', new Date(at + 5000), true);
    const { id, result: report } = await result<SessionReport>(user, 'session-report', sessionId);
    expect(report).toMatchObject({
      sessionId,
      endReason: 'client',
      processedSeconds: 40,
      chunks: { processed: 3750, dropped: 250, filled: 4, refused: 1, droppedShare: 0.0625 },
      noises: { count: 2, emergencies: 1, byKind: { hum: 1, siren: 1 } },
    });
    const octave = (hz: number) => report.octaves.find(({ centreHz }) => centreHz === hz)!;
    const expected = 10 * Math.log10((937 * 0.01 + 2813 * 0.001) / 3750);
    expect(octave(125).inputDbfs).toBeCloseTo(expected, 2);
    expect(octave(125).attenuationDb).toBeCloseTo(20, 2);
    expect(octave(250)).toMatchObject({ inputDbfs: -60, attenuationDb: 0 });
    expect(octave(500)).toMatchObject({ inputDbfs: null, attenuationDb: null });
    expect(report.levels.inputDbfs).toBeCloseTo(10 * Math.log10(10 ** (expected / 10) + 1e-6), 2);
    expect(report.latency.totalMs).toEqual({ p50: 1, p95: 2, p99: 9 });
    expect(report.timeline.map(({ seconds, totalP99Ms }) => [seconds, totalP99Ms])).toEqual([
      [0, 4],
      [30, 9],
    ]);
    const page = (await started.jobs.page(user, id))!;
    expect(page).toMatch(/^<!doctype html>/);
    for (const text of ['level in dBFS', 'attenuation in dB', 'latency in ms', 'octave in Hz'])
      expect(page).toContain(text);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('Prüfung &#60;b&#62;');
    expect(page).not.toMatch(/<script|<b>|https?:\/\//);
  });

  test.skipIf(missing)('a session that never had sound has a report without figures', async () => {
    const { id, result: report } = await result<SessionReport>(
      user,
      'session-report',
      await addSession(),
    );
    expect(report.levels).toEqual({ inputDbfs: null, outputDbfs: null, attenuationDb: null });
    expect(report.timeline).toEqual([]);
    expect(await started.jobs.page(user, id)).toContain('None was recognised.');
  });

  test.skipIf(missing)('what another user owns cannot be looked at by a job either', async () => {
    const stranger = await addUser(own.database, 'engineer');
    const [recordingId] = await addRecording([new Float64Array(rate)]);
    await expect(result(stranger, 'session-report', await addSession())).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    await expect(result(stranger, 'recording-analysis', recordingId)).rejects.toMatchObject({
      code: 'RECORDING_NOT_FOUND',
    });
  });

  test.skipIf(missing)('the analysis of a recording finds what was put into it', async () => {
    // reference: white noise; primary: the same and a hundredth of its power of its own, so at most 20.04 dB
    const reference = makeNoise('white', 5 * rate, { seed: 11, levelDb: -20 });
    const added = makeNoise('white', 5 * rate, { seed: 12, levelDb: -40 });
    const primary = reference.map((v, n) => v + added[n]!);
    const [recordingId] = await addRecording([primary, reference]);
    const { id, result: analysis } = await result<RecordingResult>(
      user,
      'recording-analysis',
      recordingId,
    );
    expect(analysis).toMatchObject({
      recordingId,
      name: 'Zug',
      format: 'pcm16',
      sampleRateHz: rate,
      durationSeconds: 5,
      analysedSeconds: 5,
    });
    const [first, second] = analysis.channels;
    expect(second!.levelDbfs).toBeCloseTo(-20, 1);
    expect(first!.levelDbfs).toBeCloseTo(-20 + 10 * Math.log10(1.01), 1);
    expect(first!.noise.kind).toBe('broadband');
    // white noise: a third octave has its share of 24 kHz
    const band = second!.thirdOctaves.find(({ centreHz }) => centreHz === 1000)!;
    const share = (1000 * (10 ** 0.05 - 10 ** -0.05)) / 24_000;
    expect(band.dbfs).toBeCloseTo(-20 + 10 * Math.log10(share), 0);
    expect(analysis.pair!.boundDb).toBeGreaterThan(19.5);
    expect(analysis.pair!.boundDb).toBeLessThan(20.5);
    const octave = analysis.pair!.octaves.find(({ centreHz }) => centreHz === 2000)!;
    expect(octave.coherence).toBeCloseTo(1 / 1.01, 2);
    expect(octave.boundDb).toBeGreaterThan(18.5);
    const page = (await started.jobs.page(user, id))!;
    for (const text of ['level in dBFS', 'bound in dB', 'γ², 0 to 1', 'band in Hz', 'electrical'])
      expect(page).toContain(text);
  });

  test.skipIf(missing)('a hum that clips: crest, clipped samples, kind, no pair', async () => {
    const hum = Float64Array.from({ length: 5 * rate }, (_, n) => {
      const t = (2 * Math.PI * n) / rate;
      return 0.9 * Math.sin(100 * t) + 0.3 * Math.sin(200 * t);
    });
    const clipped = hum.filter((v) => Math.abs(v) >= 1 - 2 ** -15).length;
    expect(clipped).toBeGreaterThan(100);
    const [recordingId] = await addRecording([hum]);
    const { result: analysis } = await result<RecordingResult>(
      user,
      'recording-analysis',
      recordingId,
    );
    const [channel] = analysis.channels;
    expect(analysis.pair).toBeNull();
    expect(Math.abs(channel!.clippedSamples - clipped)).toBeLessThan(clipped / 50);
    expect(channel!.peakDbfs).toBe(0);
    expect(channel!.crestDb).toBeCloseTo(-channel!.levelDbfs!, 1);
    expect(channel!.noise.kind).toBe('hum');
  });

  test.skipIf(missing)('a file that is gone, and one that is no sound, fail for good', async () => {
    const [recordingId, path] = await addRecording([new Float64Array(100)]);
    writeFileSync(path, 'RIFFxxxxWAVE');
    const failure = await result(user, 'recording-analysis', recordingId).catch((e: Error) => e);
    expect(failure).toMatchObject({ code: 'WAV_TRUNCATED' });
    expect((failure as Error).message).not.toContain(path);
  });

  test.skipIf(missing)(
    'retention deletes what is too old, rows and files, and no more',
    async () => {
      const day = 86_400_000;
      const guest = async (ageDays: number) =>
        (
          await own.database.system((db) =>
            db
              .insertInto('users')
              .values({ kind: 'guest', createdAt: new Date(Date.now() - ageDays * day) })
              .returning('id')
              .executeTakeFirstOrThrow(),
          )
        ).id;
      const [old, active, young] = [await guest(20), await guest(20), await guest(2)];
      await addSession({ userId: old, createdAt: new Date(Date.now() - 15 * day) });
      await addSession({ userId: active, createdAt: new Date(Date.now() - day) });
      const sessionId = await addSession({ createdAt: new Date(Date.now() - 400 * day) });
      await addNoise(sessionId, 'hum', new Date(Date.now() - 400 * day));
      for (const ageDays of [40, 31, 1])
        await own.database.system((db) =>
          db
            .insertInto('sessionProgress')
            .values({
              userId: user.userId,
              sessionId,
              at: new Date(Date.now() - ageDays * day),
              stats: json(stats(1, 1)),
              bands: json([]),
            })
            .execute(),
        );
      const forgotten = await addSession({ createdAt: new Date(Date.now() - 600 * day) });
      const [, oldFile] = await addRecording([new Float64Array(10)], 31);
      const [, newFile] = await addRecording([new Float64Array(10)], 29);
      const orphanId = randomUUID();
      const orphan = started.recordings.files.pathOf(`${orphanId.slice(0, 2)}/${orphanId}.wav`);
      mkdirSync(dirname(orphan), { recursive: true });
      writeFileSync(orphan, '');
      utimesSync(orphan, 1, 1);
      const { deleted, files } = await clockResult<RetentionResult>('retention');
      expect(deleted).toEqual({
        guests: 1,
        telemetry: 0,
        progress: 2,
        noiseEvents: null,
        sessions: 1,
        recordings: 1,
      });
      expect(files).toEqual({ deleted: 1, orphans: 1 });
      expect([oldFile, newFile, orphan].map((path) => existsSync(path))).toEqual([
        false,
        true,
        false,
      ]);
      const left = await own.database.system((db) =>
        db.selectFrom('users').select('id').where('kind', '=', 'guest').execute(),
      );
      expect(left.map(({ id }) => id).sort()).toEqual([active, young].sort());
      const noises = await own.database.system((db) =>
        db.selectFrom('noiseEvents').select('id').where('sessionId', '=', sessionId).execute(),
      );
      expect(noises).toHaveLength(1);
      const sessions = await own.database.system((db) =>
        db.selectFrom('sessions').select('id').where('id', 'in', [sessionId, forgotten]).execute(),
      );
      expect(sessions).toEqual([{ id: sessionId }]);
    },
  );

  test.skipIf(missing)('business metrics count sessions, users, durations and noises', async () => {
    await own.database.system((db) => sql`delete from sessions`.execute(db));
    const sessionId = await addSession();
    await addSession();
    await addSession({ createdAt: new Date(Date.now() - 3 * 86_400_000) });
    await addNoise(sessionId, 'siren', new Date(), true);
    await addNoise(sessionId, 'hum');
    const found = await clockResult<BusinessResult>('business-metrics');
    expect(found).toMatchObject({
      sessionsLastDay: 2,
      usersLastDay: 1,
      sessionSecondsLastDay: 80,
      emergenciesLastDay: 1,
    });
    expect(found.noiseEventsLastDay).toMatchObject({ siren: 1, hum: 1, quiet: 0 });
    expect(found.users).toBeGreaterThanOrEqual(2);
    const days = found.days.map(({ day, sessions }) => [day, sessions]);
    const dayOf = (ago: number) =>
      new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    expect(days).toEqual([
      [dayOf(3), 1],
      [dayOf(0), 2],
    ]);
    expect(found.days[1]).toMatchObject({ sessionSeconds: 80, emergencies: 1 });
  });
});
