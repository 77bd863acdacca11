import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRedis } from '../cluster/redis.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../testing/redis-server.ts';
import { defaultPolicies } from './policies.ts';
import { RateLimiter } from './rate-limiter.ts';

const policies = { ...defaultPolicies, address: { points: 3, windowS: 60 } };
const until = async (condition: () => boolean) => {
  for (let tries = 200; tries > 0 && !condition(); tries -= 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
};

async function fourTimes(limiter: RateLimiter, key: string): Promise<boolean[]> {
  const verdicts = [];
  for (let i = 0; i < 4; i += 1) verdicts.push(await limiter.consume('address', key));
  return verdicts.map(({ allowed }) => allowed);
}

describe('in this process', () => {
  const limiter = new RateLimiter(policies, null);

  test('lets through as many as the policy says, then says how long to wait', async () => {
    expect(await fourTimes(limiter, '192.0.2.1')).toEqual([true, true, true, false]);
    const refused = await limiter.consume('address', '192.0.2.1');
    expect(refused).toMatchObject({ allowed: false, remaining: 0, points: 3, windowS: 60 });
    expect(refused.resetS).toBeGreaterThan(55);
    expect(refused.resetS).toBeLessThanOrEqual(60);
  });

  test('counts each key and each policy for itself', async () => {
    expect((await limiter.consume('address', '192.0.2.2')).remaining).toBe(2);
    expect((await limiter.consume('auth', '192.0.2.1')).allowed).toBe(true);
  });

  test('forgets what is forgiven', async () => {
    await fourTimes(limiter, '192.0.2.3');
    await limiter.forgive('address', '192.0.2.3');
    expect((await limiter.consume('address', '192.0.2.3')).remaining).toBe(2);
  });
});

describe.skipIf(REDIS_MISSING)(`in Redis${REDIS_MISSING ? `: ${REDIS_MISSING}` : ''}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test('two instances share a limit; without Redis each goes on counting, and the log says so', async () => {
    const lines: { level: number; msg: string }[] = [];
    const log = pino({}, { write: (text: string) => void lines.push(JSON.parse(text)) });
    const redis = [connectRedis(server.url, log), connectRedis(server.url, log)] as const;
    const [one, two] = [new RateLimiter(policies, redis[0]), new RateLimiter(policies, redis[1])];
    try {
      await until(() => redis.every(({ status }) => status === 'ready'));
      expect((await one.consume('address', 'shared')).remaining).toBe(2);
      expect((await two.consume('address', 'shared')).remaining).toBe(1);

      await server.stop();
      await until(() => lines.some(({ msg }) => msg.startsWith('Redis is away')));
      const startedMs = performance.now();
      expect(await fourTimes(one, 'alone')).toEqual([true, true, true, false]);
      expect(performance.now() - startedMs).toBeLessThan(500);
      expect(lines.filter(({ msg }) => msg.startsWith('Redis is away'))).toHaveLength(2);

      await server.start();
      await until(() => redis.every(({ status }) => status === 'ready'));
      expect(lines.filter(({ msg }) => msg === 'Redis is back')).toHaveLength(2);
      await one.consume('address', 'again');
      expect((await two.consume('address', 'again')).remaining).toBe(1);
    } finally {
      redis.forEach((connection) => connection.disconnect());
    }
  });
});
