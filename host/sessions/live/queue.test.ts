/** What stands between a socket and a worker: the queue, the numbers, the limits. */
import { describe, expect, it } from 'vitest';
import { defaultSettings, checkSettings } from '../protocol/index.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { percentiles } from './latency-recorder.ts';
import { MemoryLimiter } from './live-limiter.ts';
import { Sequence, maxFills } from './sequence.ts';
import { TokenBucket } from './token-bucket.ts';
import { OutputQueue } from './worker/output-queue.ts';

const frame = (value: number) => Uint8Array.of(value);

describe('chunk queue', () => {
  it('keeps the newest of its limit, in order, and counts the others', () => {
    const queue = new ChunkQueue(3);
    const dropped = [1, 2, 3, 4, 5].map((i) => queue.push(frame(i), i * 10, i % 2));
    expect(dropped).toEqual([0, 0, 0, 1, 1]);
    expect(
      [0, 1, 2].map((i) => [queue.frame(i)[0], queue.receivedAtMs(i), queue.fills(i)]),
    ).toEqual([
      [3, 30, 1],
      [4, 40, 0],
      [5, 50, 1],
    ]);
    queue.limit = 1;
    expect(queue.push(frame(6), 60, 0)).toBe(3);
    expect(queue.length).toBe(1);
    queue.clear();
    expect(queue.length).toBe(0);
  });

  it('goes round its ring for ever', () => {
    const queue = new ChunkQueue(32);
    for (let i = 0; i < 1000; i += 1) {
      queue.push(frame(i % 256), i, 0);
      if (i % 3) continue;
      expect(queue.frame(0)[0]).toBeDefined();
      queue.shift();
    }
    expect(queue.length).toBe(31);
    expect(queue.receivedAtMs(30)).toBe(999);
  });
});

describe('sequence', () => {
  const run = (numbers: readonly number[]) => {
    const sequence = new Sequence();
    return numbers.map((number) => {
      const { fills, isLate } = sequence.take(number);
      return isLate ? 'late' : fills;
    });
  };

  it.each([
    ['begins anywhere', [7, 8, 9], [0, 0, 0]],
    ['fills what is missing', [1, 4, 5], [0, 2, 0]],
    ['fills no more than its bound', [0, maxFills + 1, 2 * maxFills + 3], [0, maxFills, 0]],
    ['refuses what is late or came already', [5, 8, 6, 8, 9], [0, 2, 'late', 'late', 0]],
    ['wraps', [0xfffffffe, 0xffffffff, 0, 1], [0, 0, 0, 0]],
    ['fills across the wrap', [0xffffffff, 2], [0, 2]],
    ['takes a client that counts anew', [50_000, 0, 1], [0, 0, 0]],
  ])('%s', (_, numbers, expected) => {
    expect(run(numbers)).toEqual(expected);
  });

  it('takes the first number of a new connection as it is', () => {
    const sequence = new Sequence();
    sequence.take(10);
    sequence.restart();
    expect(sequence.take(3)).toEqual({ fills: 0, isLate: false });
    expect(sequence.following).toBe(4);
  });
});

describe('limits', () => {
  it('a bucket gives its burst, then its rate, and never more than its burst', () => {
    const bucket = new TokenBucket(10, 5, 0);
    expect([1, 2, 3].map(() => bucket.take(2, 0))).toEqual([true, true, false]);
    expect(bucket.take(1.1, 0)).toBe(false);
    expect(bucket.take(2, 100)).toBe(true);
    expect(bucket.isFull(600)).toBe(true);
    expect(bucket.take(5.1, 1e9)).toBe(false);
    expect(bucket.take(5, 1e9)).toBe(true);
  });

  it('counts users and addresses apart', () => {
    const limiter = new MemoryLimiter({ sessionsOfUser: 1, sessionsOfAddress: 2 });
    expect(limiter.chunks('a', 'here', 290)).toBe(true);
    expect(limiter.chunks('a', 'there', 290)).toBe(false);
    expect(limiter.chunks('b', 'here', 290)).toBe(true);
    expect(limiter.chunks('c', 'here', 290)).toBe(false);
    expect(limiter.chunks('c', 'there', 290)).toBe(false);
  });

  it('percentiles are of the values', () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentiles(values)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentiles(new Float32Array())).toEqual({ p50: 0, p95: 0, p99: 0 });
  });
});

describe('output queue', () => {
  it.each([
    [[480, 480], 480],
    [[512, 1024], 0],
    [[512, 256, 768], 256],
    [[7], 511],
  ])('chunks of %j are late by %i samples', (chunks, delay) => {
    const queue = new OutputQueue(512, 4096);
    for (const chunk of chunks) queue.prepare(chunk);
    expect(queue.delay).toBe(delay);
  });
});

describe('checkSettings', () => {
  it('takes the default', () => {
    expect(checkSettings(defaultSettings)).toBeNull();
  });

  it.each([
    ['taps', { taps: 100 }],
    ['taps', { algorithm: 'nlms', taps: 100 }],
    ['taps', { algorithm: 'nlms-q31', channels: 2, taps: 2048 }],
    ['taps', { taps: 512.5 }],
    ['algorithm', { algorithm: 'nlms-q15' }],
    ['algorithm', { algorithm: 'magic' }],
    ['stepSize', { stepSize: NaN }],
    ['stepSize', { stepSize: '0.1' }],
    ['bufferSize', { bufferSize: 1.5 }],
    ['channels', { channels: 3 }],
    ['sampleFormat', { sampleFormat: 'mp3' }],
    ['bypassMl', { bypassMl: 1 }],
  ])('refuses %s of %j', (setting, change) => {
    const problem = checkSettings({ ...defaultSettings, ...change } as typeof defaultSettings);
    expect(problem).toMatchObject({ code: 'SETTING_INVALID', setting });
    expect(problem!.message).toContain(
      JSON.stringify((change as Record<string, unknown>)[setting]),
    );
  });
});
