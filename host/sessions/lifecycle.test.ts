import { describe, expect, test } from 'vitest';
import { Lifecycle } from './lifecycle.ts';
import { silentLogger } from './logging/index.ts';

const never = () => new Promise<void>(() => {});
const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function lifecycle(deadlineMs = 1000) {
  return new Lifecycle({ deadlineMs, logger: silentLogger });
}

describe('an ordered stop', () => {
  test('runs one step after the other, in the order in which they were added', async () => {
    const calls: string[] = [];
    const step = (name: string, ms: number) => ({
      name,
      stop: async () => {
        calls.push(`${name} begins`);
        await after(ms);
        calls.push(`${name} ends`);
      },
    });
    const report = await lifecycle()
      .add(step('live', 30))
      .add(step('jobs', 10))
      .add({ name: 'database', stop: () => void calls.push('database') })
      .stop('test');
    expect(calls).toEqual(['live begins', 'live ends', 'jobs begins', 'jobs ends', 'database']);
    expect(report).toMatchObject({ reason: 'test', exitCode: 0 });
    expect(report.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  });

  test('a step that fails, and one that throws, stop none of the others', async () => {
    let closed = false;
    const report = await lifecycle()
      .add({ name: 'rejects', stop: () => Promise.reject(new Error('no')) })
      .add({
        name: 'throws',
        stop: () => {
          throw new Error('no');
        },
      })
      .add({ name: 'database', stop: () => void (closed = true) })
      .stop('test');
    expect(closed).toBe(true);
    expect(report.steps.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'done']);
    expect(report.exitCode).toBe(1);
  });

  test('what does not end is told and left at the deadline; the rest still runs', async () => {
    let [told, closed] = [false, false];
    const report = await lifecycle(200)
      .add({
        name: 'live',
        stop: (signal) => {
          signal.addEventListener('abort', () => (told = true));
          return never();
        },
      })
      .add({ name: 'database', stop: () => after(20).then(() => void (closed = true)) })
      .stop('test');
    expect([told, closed]).toEqual([true, true]);
    expect(report.steps.map(({ outcome }) => outcome)).toEqual(['late', 'done']);
    expect(report.exitCode).toBe(1);
    expect(report.elapsedMs).toBeGreaterThan(190);
    expect(report.elapsedMs).toBeLessThan(600);
  });

  test('a step’s own limit leaves time for the others', async () => {
    const report = await lifecycle(2000)
      .add({ name: 'live', atMostMs: 50, stop: never })
      .add({ name: 'jobs', stop: () => after(100) })
      .stop('test');
    expect(report.steps.map(({ outcome }) => outcome)).toEqual(['late', 'done']);
    expect(report.elapsedMs).toBeLessThan(1000);
  });

  test('is one, however often it is asked for', async () => {
    let times = 0;
    const own = lifecycle().add({ name: 'live', stop: () => void times++ });
    const [first, second] = await Promise.all([own.stop('SIGTERM'), own.stop('SIGINT')]);
    expect(second).toBe(first);
    expect([times, first.reason]).toEqual([1, 'SIGTERM']);
  });
});

describe('signals', () => {
  test('the first stops, and the process ends with its code', async () => {
    const own = lifecycle().add({ name: 'live', stop: () => after(10) });
    const code = await new Promise<number>((resolve) => {
      const remove = own.onSignals(
        (exitCode) => {
          remove();
          resolve(exitCode);
        },
        ['SIGUSR2'],
      );
      process.kill(process.pid, 'SIGUSR2');
    });
    expect(code).toBe(0);
  });

  test('the second forces: what hangs is left, the database is still closed', async () => {
    let closed = false;
    const own = lifecycle(60_000)
      .add({ name: 'live', stop: never })
      .add({ name: 'jobs', stop: never })
      .add({ name: 'database', stop: () => void (closed = true) });
    const start = performance.now();
    const code = await new Promise<number>((resolve) => {
      const remove = own.onSignals(
        (exitCode) => {
          remove();
          resolve(exitCode);
        },
        ['SIGUSR2'],
      );
      process.kill(process.pid, 'SIGUSR2');
      setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 50);
    });
    expect(code).toBe(130);
    expect(closed).toBe(true);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
