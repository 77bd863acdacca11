import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AncError } from '@anc/link';
import type { Redis } from 'ioredis';
import { silentLogger } from '../logging/index.ts';
import { defaultSettings } from '../protocol/index.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../testing/redis-server.ts';
import type { Handlers } from './cluster.ts';
import { connectRedis } from './redis.ts';
import { RedisCluster } from './redis-cluster.ts';

const [beatMs, expireMs] = [50, 400];

describe.skipIf(REDIS_MISSING)(REDIS_MISSING || 'instances with one Redis', () => {
  let server: RedisServer;
  const open: { cluster: RedisCluster; redis: Redis; lost: string[] }[] = [];
  beforeAll(async () => (server = await startRedis()));
  afterEach(async () => {
    for (const { cluster, redis } of open.splice(0)) {
      await cluster.close();
      redis.disconnect();
    }
  });
  afterAll(() => server?.stop());

  async function join(instance: string, handlers: Partial<Handlers> = {}) {
    const redis = connectRedis(server.url, silentLogger);
    const cluster = new RedisCluster({ redis, instance, log: silentLogger, beatMs, expireMs });
    const lost: string[] = [];
    cluster.serve(handlers as Handlers, (id) => lost.push(id));
    const member = { cluster, redis, lost };
    open.push(member);
    // it is there when it hears itself being asked
    await expect.poll(() => redis.pubsub('NUMSUB', `anc:instance:${instance}`)).toContain(1);
    return member;
  }

  test('who runs a session is known, until it is over', async () => {
    const [one, two] = [await join('one'), await join('two')];
    one.cluster.opened('s');
    await expect.poll(() => two.cluster.ownerOf('s')).toBe('one');
    expect(await one.cluster.ownerOf('s')).toBeNull();
    expect(await two.cluster.running(['s', 't'])).toEqual(new Set(['s']));
    one.cluster.closed('s');
    await expect.poll(() => two.cluster.ownerOf('s')).toBeNull();
  });

  test('the later claim wins, the earlier is told, and takes nothing away when it closes', async () => {
    const [one, two] = [await join('one'), await join('two')];
    one.cluster.opened('s');
    await expect.poll(() => two.cluster.ownerOf('s')).toBe('one');
    await new Promise((resolve) => setTimeout(resolve, 5));
    two.cluster.opened('s');
    await expect.poll(() => one.lost).toEqual(['s']);
    one.cluster.closed('s');
    await new Promise((resolve) => setTimeout(resolve, 3 * beatMs));
    expect(await one.cluster.ownerOf('s')).toBe('two');
    expect(two.lost).toEqual([]);
  });

  test('what a dead instance ran is nobody’s after a while; what lives stays', async () => {
    const [one, two] = [await join('one'), await join('two')];
    one.cluster.opened('s');
    two.cluster.opened('t');
    await expect.poll(() => two.cluster.ownerOf('s')).toBe('one');
    await one.cluster.close();
    one.redis.disconnect();
    // nobody hears it, also before its entries have expired
    const ask = () => two.cluster.ask('one', 'end', { sessionId: 's' }).catch(() => 'late');
    await expect.poll(ask, { timeout: 5000 }).toBeNull();
    await expect.poll(() => two.cluster.ownerOf('s'), { timeout: 3000 }).toBeNull();
    expect(await two.cluster.running(['s', 't'])).toEqual(new Set(['t']));
  });

  test('questions are answered, and refused with their codes', async () => {
    const refuse = () => {
      throw new AncError('SETTING_FIXED', 'taps cannot change');
    };
    const settings = { ...defaultSettings, intensity: 0.5 };
    const [one] = [
      await join('one'),
      await join('two', { end: () => true, settings: () => settings }),
      await join('three', { end: () => false, settings: refuse }),
    ];
    const change = { intensity: 0.5 };
    expect(await one.cluster.ask('two', 'end', { sessionId: 's' })).toBe(true);
    expect(await one.cluster.ask('two', 'settings', { sessionId: 's', change })).toEqual(settings);
    await expect(
      one.cluster.ask('three', 'settings', { sessionId: 's', change }),
    ).rejects.toMatchObject({ code: 'SETTING_FIXED', message: 'taps cannot change' });
    const answers = await one.cluster.askOthers('end', { sessionId: 's' });
    expect([...answers].sort()).toEqual([false, true]);
    // one that does not know the question keeps nobody waiting
    await expect(one.cluster.ask('two', 'figures', {})).rejects.toMatchObject({
      code: 'INSTANCES_UNREACHABLE',
    });
  });

  test('a Redis that comes back empty learns again what runs', async () => {
    const [one, two] = [await join('one'), await join('two')];
    one.cluster.opened('s');
    await expect.poll(() => two.cluster.ownerOf('s')).toBe('one');
    await server.stop();
    await expect(two.cluster.ownerOf('s')).rejects.toMatchObject({ code: 'INSTANCES_UNREACHABLE' });
    expect(await two.cluster.askOthers('figures', {})).toEqual([]);
    one.cluster.opened('t');
    await server.start();
    const known = () => two.cluster.running(['s', 't']).catch(() => null);
    await expect.poll(known, { timeout: 8000 }).toEqual(new Set(['s', 't']));
  });
});
