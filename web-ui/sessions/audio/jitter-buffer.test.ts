import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter-buffer.ts';

const chunk = 512;
const block = 128;
const tone = (frame: number) => 0.5 * Math.sin((2 * Math.PI * 440 * frame) / 48000);
const chunkOf = (sequence: number) =>
  Float32Array.from({ length: chunk }, (_, i) => tone(sequence * chunk + i));

interface Run {
  readonly output: Float32Array;
  readonly buffer: JitterBuffer;
  /** chunk → frame */
  readonly starts: Map<number, number>;
}

/** Plays chunks that arrive at `arrivalOf(sequence)`; null: never. */
function run(frames: number, arrivalOf: (sequence: number) => number | null): Run {
  const buffer = new JitterBuffer();
  const output = new Float32Array(frames);
  const starts = new Map<number, number>();
  const arrivals: { sequence: number; at: number }[] = [];
  for (let sequence = 0; sequence * chunk < frames; sequence += 1) {
    const at = arrivalOf(sequence);
    // As on a TCP stream: nothing overtakes.
    if (at !== null) arrivals.push({ sequence, at: Math.max(at, arrivals.at(-1)?.at ?? 0) });
  }
  for (let now = 0; now + block <= frames; now += block) {
    while (arrivals[0] && arrivals[0].at <= now) {
      const { sequence } = arrivals.shift()!;
      buffer.put(sequence, chunkOf(sequence), now);
    }
    for (const start of buffer.read(output.subarray(now, now + block), now))
      starts.set(start.sequence, start.frame);
  }
  return { output, buffer, starts };
}

/** The largest step between neighbours: of the tone itself 0.029. */
const largestStep = (signal: Float32Array) =>
  signal.reduce((most, value, i) => Math.max(most, i ? Math.abs(value - signal[i - 1]!) : 0), 0);
const click = 0.045;
const second = 48000;
const regular = (sequence: number) => (sequence + 1) * chunk + 960;
/** −1..1, the same for the same number */
const random = (n: number) => {
  const x = Math.sin(12.9898 * (n + 1)) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
};

describe('jitter buffer', () => {
  it('gives a regular stream back sample by sample, with a delay of about its jitter', () => {
    const { output, buffer, starts } = run(20 * second, regular);
    expect(buffer.stats.underruns).toBe(0);
    expect(buffer.stats.lost).toBe(0);
    const last = 1800;
    const start = starts.get(last)!;
    expect(output.subarray(start, start + chunk)).toEqual(chunkOf(last));
    // Arrivals are seen at the next block of 128: that is all the jitter there is.
    expect(buffer.stats.targetSamples).toBeLessThanOrEqual(2 * block);
    expect(start - regular(last)).toBeLessThanOrEqual(2 * block + 192 + block);
    expect(start).toBeGreaterThanOrEqual(regular(last));
    expect(largestStep(output)).toBeLessThan(click);
  });

  it('sets its delay to the measured jitter: 10 ms of it cost about 20 ms, and no underrun', () => {
    const { output, buffer } = run(30 * second, (n) => regular(n) + 480 + 480 * random(n));
    const { targetSamples, underruns } = buffer.stats;
    expect(targetSamples).toBeGreaterThan(800);
    expect(targetSamples).toBeLessThan(1300);
    expect(underruns).toBeLessThanOrEqual(3);
    expect(largestStep(output)).toBeLessThan(click);
  });

  it('grows at an underrun at once, and shrinks slowly', () => {
    const late = 500;
    const { output, buffer, starts } = run(
      50 * second,
      (n) => regular(n) + (n >= late && n < late + 4 ? 2400 : 0),
    );
    expect(buffer.stats.underruns).toBe(1);
    const delay = (n: number) => starts.get(n)! - regular(n);
    expect(delay(late - 1)).toBeLessThan(600);
    expect(delay(late + 10)).toBeGreaterThanOrEqual(2400);
    // Two seconds later it is still long, half a minute later it is not.
    expect(delay(late + 200)).toBeGreaterThan(1600);
    expect(delay(4600)).toBeLessThan(700);
    expect(buffer.stats.skips).toBeGreaterThan(2);
    expect(largestStep(output)).toBeLessThan(click);
  });

  it('conceals lost chunks without a click and keeps the time', () => {
    const { output, buffer, starts } = run(10 * second, (n) => (n % 50 === 49 ? null : regular(n)));
    expect(buffer.stats.lost).toBe(Math.floor((10 * second) / chunk / 50));
    expect(buffer.stats.underruns).toBeLessThanOrEqual(19);
    expect(buffer.stats.concealedSamples).toBeGreaterThan(0);
    expect(largestStep(output)).toBeLessThan(click);
    expect(starts.get(900)! - starts.get(100)!).toBeCloseTo(800 * chunk, -2.5);
  });

  it('goes on after two seconds without network, as promptly as before', () => {
    const { output, buffer, starts } = run(20 * second, (n) =>
      n >= 600 && n < 788 ? null : regular(n),
    );
    expect(buffer.stats.lost).toBe(188);
    expect(starts.get(1500)! - regular(1500)).toBeLessThan(700);
    expect(largestStep(output)).toBeLessThan(click);
  });

  it('throws a backlog of two seconds away but for the longest delay', () => {
    const stalled = 600;
    const { output, buffer, starts } = run(30 * second, (n) =>
      Math.max(regular(n), n >= stalled && n < stalled + 188 ? regular(stalled + 188) : 0),
    );
    const delay = (n: number) => starts.get(n)! - regular(n);
    expect(delay(stalled + 300)).toBeLessThanOrEqual(12_000 + 400);
    expect(buffer.stats.skips).toBeGreaterThan(0);
    expect(largestStep(output)).toBeLessThan(click);
  });

  it('leaves out what came twice or too old', () => {
    const buffer = new JitterBuffer();
    for (const sequence of [5, 5, 4, 6]) buffer.put(sequence, chunkOf(sequence), 0);
    expect(buffer.stats.depthSamples).toBe(2 * chunk);
    expect(buffer.stats.lost).toBe(0);
  });
});
