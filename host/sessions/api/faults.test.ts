import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { POSTGRES_MISSING } from '../testing/postgres-server.ts';
import { REDIS_MISSING } from '../testing/redis-server.ts';
import { openAudio } from '../testing/audio-socket.ts';
import {
  type TestServer,
  type TestServerOptions,
  startTestServer,
} from '../testing/test-server.ts';
import { wavBytes } from '../testing/wav-bytes.ts';
import { upload } from './suite/recordings.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.remove();
  server = undefined;
});
const start = async (options: TestServerOptions) => (server = await startTestServer(options));

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 200; tries > 0; tries -= 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to it');
}

test.skipIf(POSTGRES_MISSING)(
  'without PostgreSQL requests fail as problems, and go on by themselves',
  async () => {
    const { anyone, user, test: database } = await start({ kind: 'postgresql' });
    const caller = await user();
    await database.server!.stop();
    const away = await caller.get('/sessions');
    expect(away).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    expect(away.headers.get('Retry-After')).toBe('5');
    expect(JSON.stringify(away.body)).not.toMatch(/127\.0\.0\.1:\d+|postgresql:/);
    const ready = await anyone.get('/health/ready');
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'notReady', parts: { database: { state: 'failed' } } },
    });
    await anyone.expecting(200, 'GET', '/health/live');
    await database.server!.start();
    await until(async () => (await caller.get('/sessions')).status === 200);
    await anyone.expecting(200, 'GET', '/health/ready');
  },
);

test.skipIf(REDIS_MISSING)(
  'without Redis requests go on, counted by this server alone',
  async () => {
    const few = { points: 5, windowS: 60 };
    const { anyone, user, redis } = await start({ redis: true, policies: { user: few } });
    const caller = await user();
    await redis!.stop();
    const statuses = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await caller.get('/sessions')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const ready = await anyone.get('/health/ready');
    expect(ready.body.parts).toMatchObject({
      redis: { state: 'failed' },
      database: { state: 'ready' },
    });
    await redis!.start();
    await until(async () => (await anyone.get('/health/ready')).status === 200);
  },
);

test('a stop tells live sessions, takes no new ones, and what was acknowledged is kept', async () => {
  const { url, anyone, user, lifecycle } = await start({
    env: { SHUTDOWN_DEADLINE_MS: '2000' },
  });
  const caller = await user();
  const { body } = await caller.expecting(201, 'POST', '/sessions', {});
  const audio = await openAudio(url, body.ticket);
  await audio.sendChunks(5);
  const stopping = lifecycle.stop('the test says so');
  await until(async () => (await anyone.get('/health/ready')).body.status === 'draining');
  expect(await caller.send('POST', '/sessions', {})).toMatchObject({
    status: 503,
    body: { code: 'DRAINING' },
  });
  const report = await stopping;
  expect(report).toMatchObject({ exitCode: 0 });
  expect(report.steps.map(({ name }) => name)).toEqual([
    'live sessions',
    'http',
    'jobs',
    'database',
  ]);
  expect(report.elapsedMs).toBeLessThan(2500);
  await audio.closed;
  await expect(fetch(url)).rejects.toThrow();
});

test('a full disk answers 507, and nothing half-written is left', async ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-full-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  if (mount.status !== 0) skip('a small file system cannot be mounted: not root');
  try {
    const { user } = await start({ env: { ANC_DATA_FOLDER: folder } });
    const caller = await user();
    const answer = await upload(caller, 'train', wavBytes());
    expect(answer).toMatchObject({ status: 507, body: { code: 'STORAGE_FULL' } });
    expect((await caller.get('/recordings')).body.items).toEqual([]);
    expect(readdirSync(join(folder, 'recordings'), { recursive: true })).toEqual(['incoming']);
    await caller.expecting(201, 'POST', '/sessions', {});
  } finally {
    await server?.lifecycle.stop('the test is over');
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});
