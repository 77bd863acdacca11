import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../logging/index.ts';
import { startServer } from '../start-server.ts';
import { ApiCaller } from '../testing/api-caller.ts';
import { openAudio, refusalOf } from '../testing/audio-socket.ts';
import { REDIS_MISSING } from '../testing/redis-server.ts';
import { type TestServer, startTestServer } from '../testing/test-server.ts';

const few = { points: 5, windowS: 60 };
const wrong = { email: 'root@example.com', password: 'Wrong-Cabin-7-Rows' };
const nobodys = '/api/v1/sessions/00000000-0000-4000-8000-000000000000/audio';
const from = (address: string) => ({ 'X-Forwarded-For': address });

describe.each([
  { name: 'in this process', redis: false, missing: false as string | false },
  { name: 'in Redis', redis: true, missing: REDIS_MISSING },
])('limits $name', ({ redis, missing }) => {
  let server: TestServer;
  beforeAll(async () => {
    if (missing) return;
    const policies = {
      user: few,
      key: { points: 3, windowS: 60 },
      connect: few,
      address: { points: 100, windowS: 60 },
    };
    server = await startTestServer({ redis, policies, env: { TRUST_PROXY: '1' } });
  });
  afterAll(() => server?.remove());

  describe.skipIf(missing)(missing || 'each', () => {
    test('of a user: 429 and when it is over; others are not held up', async () => {
      const caller = await server.user();
      const first = await caller.get('/sessions');
      expect(first.headers.get('RateLimit-Policy')).toContain('"user";q=5;w=60');
      expect(first.headers.get('RateLimit')).toMatch(/"user";r=4;t=(60|5\d)/);
      for (let i = 0; i < 4; i += 1) await caller.expecting(200, 'GET', '/sessions');
      const over = await caller.get('/sessions');
      expect(over).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
      expect(Number(over.headers.get('Retry-After'))).toBeGreaterThan(30);
      expect(over.body.detail).toContain('counted for user');
      await (await server.user()).expecting(200, 'GET', '/sessions');
      // a new token of the same user is no way around
      const { refreshToken } = caller;
      const { body } = await server.anyone.send('POST', '/auth/refresh', { refreshToken });
      const again = server.anyone.with({ Authorization: `Bearer ${body.accessToken}` });
      expect((await again.get('/sessions')).status).toBe(429);
    });

    test('of an API key', async () => {
      const caller = await server.user();
      const { body } = await caller.expecting(201, 'POST', '/api-keys', { name: 'one' });
      const key = server.anyone.with({ 'X-API-Key': body.key });
      for (let i = 0; i < 3; i += 1) await key.expecting(200, 'GET', '/sessions');
      expect((await key.get('/sessions')).body.detail).toContain('counted for key');
    });

    test('of an address, which credentials do not lift; health has none', async () => {
      const there = server.anyone.with(from('198.51.100.1'));
      const answers = [];
      for (let i = 0; i < 101; i += 1) answers.push(await there.get('/sessions'));
      expect(answers.slice(0, 100).every(({ status }) => status === 401)).toBe(true);
      expect(answers[100]!.body.detail).toContain('counted for address');
      await there.expecting(200, 'GET', '/health/live');
    });

    test('of an account: ten guesses, from wherever and however it is spelled', async () => {
      const codes = [];
      for (let i = 0; i < 12; i += 1)
        codes.push(
          (await server.anyone.send('POST', '/auth/login', wrong, from(`192.0.2.${i}`))).body.code,
        );
      expect(codes.slice(0, 10)).toEqual(Array(10).fill('CREDENTIALS_WRONG'));
      expect(codes.slice(10)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
      const spelled = { ...wrong, email: ' ROOT@example.com ' };
      const answer = await server.anyone.send('POST', '/auth/login', spelled, from('192.0.2.99'));
      expect(answer.body.code).toBe('RATE_LIMITED');
    });

    test('of WebSockets from one address', async () => {
      const codes = [];
      const path = { webSocketPath: nobodys };
      for (let i = 0; i < 7; i += 1)
        codes.push((await refusalOf(openAudio(server.url, path, from('198.51.100.2')))).code);
      expect(codes).toEqual([
        ...Array(5).fill('NOT_AUTHENTICATED'),
        'RATE_LIMITED',
        'RATE_LIMITED',
      ]);
    });

    test.skipIf(!redis)('are shared by two servers on one Redis', async () => {
      const caller = await server.user();
      const two = await startServer({
        config: { ...server.config, instance: 'two' },
        logger: silentLogger,
        // the first closes it
        database: { ...server.test.database, close: () => Promise.resolve() },
        policies: { user: few },
      });
      try {
        const there = new ApiCaller(two.url, server.anyone.contract, { ...caller.headers });
        for (let i = 0; i < 3; i += 1) await caller.expecting(200, 'GET', '/sessions');
        for (let i = 0; i < 2; i += 1) await there.expecting(200, 'GET', '/sessions');
        expect((await there.get('/sessions')).status).toBe(429);
        expect((await caller.get('/sessions')).status).toBe(429);
      } finally {
        await two.lifecycle.stop('the test is over');
      }
    });
  });
});

describe('floods', () => {
  let server: TestServer;
  let caller: ApiCaller;
  beforeAll(async () => {
    // The hashes cost what they cost in production; two users are registered before the flood.
    const auth = { points: 32, windowS: 600 };
    server = await startTestServer({ hasher: {}, policies: { auth } });
    caller = await server.user();
  });
  afterAll(() => server.remove());

  test('1000 log-ins at once: 30 are looked at, and others are served meanwhile', async () => {
    const startedMs = performance.now();
    let isOver = false;
    const flood = Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const guess = { ...wrong, email: `nobody${i}@example.com` };
        return (await server.anyone.send('POST', '/auth/login', guess)).status;
      }),
    ).finally(() => (isOver = true));
    const waits: number[] = [];
    while (!isOver) {
      const askedMs = performance.now();
      await caller.expecting(200, 'GET', '/sessions');
      waits.push(performance.now() - askedMs);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const statuses = await flood;
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(970);
    // client and server share this process, and the machine may be busy
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    expect(Math.max(...waits)).toBeLessThan(5_000);
  }, 60_000);

  test('who is no trusted proxy does not choose its address', async () => {
    const answer = await server.anyone.send('POST', '/auth/login', wrong, from('192.0.2.1'));
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  });
});
