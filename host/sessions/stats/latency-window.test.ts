import { expect, test } from 'vitest';
import { LatencyWindow } from './latency-window.ts';

test('percentiles of many chunks, each rounded up to its step', () => {
  const window = new LatencyWindow(20_000, 0);
  window.add(
    Float32Array.from({ length: 1000 }, (_, i) => (i + 1) / 100),
    1,
  );
  expect(window.percentiles(2)).toEqual({ p50: 5, p95: 9.5, p99: 9.9 });
});

test('forgets what is older than the window, keeps what is younger than half of it', () => {
  const window = new LatencyWindow(20_000, 0);
  window.add(Float32Array.of(400), 1);
  window.add(Float32Array.of(2), 9_000);
  expect(window.percentiles(18_000)?.p99).toBe(400);
  expect(window.percentiles(20_001)).toBeNull();
});

test('what is beyond the scale counts as its end; nothing is null', () => {
  const window = new LatencyWindow(20_000, 0);
  expect(window.percentiles(0)).toBeNull();
  window.add(Float32Array.of(9000), 1);
  expect(window.percentiles(2)?.p50).toBe(500);
});
