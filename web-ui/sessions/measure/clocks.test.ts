import { describe, expect, it } from 'vitest';
import { AudioClock } from './audio-clock.ts';
import { ClockOffset } from './clock-offset.ts';

/** 0..1, the same for the same number */
const random = (n: number) => {
  const x = Math.sin(12.9898 * (n + 1)) * 43758.5453;
  return x - Math.floor(x);
};

describe('offset of another clock', () => {
  it('is right by half of what the fastest answer waited, however slow the others were', () => {
    const clock = new ClockOffset();
    const offset = 123_456.7;
    let fastest = Infinity;
    for (let i = 0; i < 40; i += 1) {
      const [up, down] = [1 + 60 * random(i) ** 4, 1 + 60 * random(i + 1000) ** 4];
      // Of the last half minute.
      if (i >= 9) fastest = Math.min(fastest, up + down);
      clock.put(1000 * i, 1000 * i + up + offset, 1000 * i + up + down);
    }
    expect(clock.roundTripMs).toBeCloseTo(fastest, 6);
    expect(Math.abs(clock.offsetMs! - offset)).toBeLessThan(fastest / 2);
    expect(clock.toLocalMs(offset + 77)).toBeCloseTo(77, -0.5);
  });

  it('follows a clock that drifts, and forgets on demand', () => {
    const clock = new ClockOffset();
    expect(clock.toLocalMs(1)).toBeNull();
    for (let i = 0; i < 600; i += 1) {
      const at = 1000 * i;
      clock.put(at, at * 1.0001 + 5, at + 1);
    }
    expect(Math.abs(clock.offsetMs! - 0.0001 * 599_000 - 5)).toBeLessThan(3.5);
    clock.reset();
    expect(clock.offsetMs).toBeNull();
  });

  it('leaves out answers that make no sense', () => {
    const clock = new ClockOffset();
    clock.put(10, 5, 9);
    clock.put(10, NaN, 11);
    clock.put(NaN, 5, 11);
    expect(clock.offsetMs).toBeNull();
  });
});

describe('audio clock', () => {
  it('says when a frame was captured, through bursts and a busy page', () => {
    const clock = new AudioClock(48_000);
    expect(clock.toMs(0)).toBeNull();
    const [startMs, hopMs] = [5000, 0.2];
    for (let chunk = 1; chunk < 500; chunk += 1) {
      const frame = 512 * chunk;
      // Rendered when the device asks for its next 480 frames.
      const burstMs = 10 * Math.ceil(frame / 480);
      const busyMs = random(chunk) < 0.1 ? 30 : 0;
      clock.put(frame, startMs + burstMs + hopMs + busyMs);
    }
    expect(clock.toMs(48_000)! - startMs - 1000).toBeCloseTo(hopMs, 6);
  });
});
