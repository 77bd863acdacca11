import { expect, test } from 'vitest';
import { LatencyWindow, percentilesOf } from './latency-window.ts';

test('percentiles of many chunks, each rounded up to its step', () => {
  const window = new LatencyWindow(20_000, 0);
  window.add(
    Float32Array.from({ length: 1000 }, (_, i) => (i + 1) / 100),
    1,
  );
  expect(percentilesOf(window.counts(2))).toEqual({ p50: 5, p95: 9.5, p99: 9.9 });
});

test('forgets what is older than the window, keeps what is younger than half of it', () => {
  const window = new LatencyWindow(20_000, 0);
  window.add(Float32Array.of(400), 1);
  window.add(Float32Array.of(2), 9_000);
  expect(percentilesOf(window.counts(18_000))?.p99).toBe(400);
  expect(percentilesOf(window.counts(20_001))).toBeNull();
});

test('what is beyond the scale counts as its end; nothing is null', () => {
  const window = new LatencyWindow(20_000, 0);
  expect(percentilesOf(window.counts(0))).toBeNull();
  window.add(Float32Array.of(9000), 1);
  expect(percentilesOf(window.counts(2))?.p50).toBe(500);
});

test('percentiles over several windows are those of all their chunks', () => {
  const [one, other] = [new LatencyWindow(20_000, 0), new LatencyWindow(20_000, 0)];
  one.add(new Float32Array(90).fill(1), 1);
  other.add(new Float32Array(8).fill(20), 1);
  other.add(new Float32Array(2).fill(1), 1);
  const both = percentilesOf([...one.counts(2), ...other.counts(2)]);
  expect(both).toEqual({ p50: 1, p95: 20, p99: 20 });
});
