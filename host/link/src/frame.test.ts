import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, maxBodyBytes } from './frame.ts';
import { AncError } from './errors.ts';

/** xorshift32: the same sequence every time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function randomFrame(random: (below: number) => number, sequence: number) {
  const body = Uint8Array.from(
    { length: random(3) === 0 ? random(maxBodyBytes + 1) : random(40) },
    () => random(4) && random(256),
  );
  return { kind: random(3), message: random(256), sequence, body };
}

test('random frames in random pieces arrive as they were', () => {
  const random = randomOf(1);
  const frames = Array.from({ length: 2000 }, (_, i) => randomFrame(random, i));
  const stream = Buffer.concat(frames.map(encodeFrame));
  let next = 0;
  const decoder = new FrameDecoder((frame) => {
    expect({ ...frame, body: Buffer.from(frame.body).toString('hex') }).toEqual({
      ...frames[next]!,
      body: Buffer.from(frames[next]!.body).toString('hex'),
    });
    next += 1;
  });
  for (let at = 0; at < stream.length;) {
    const n = 1 + random(500);
    decoder.push(stream.subarray(at, at + n));
    at += n;
  }
  expect(next).toBe(frames.length);
  expect(decoder.stats).toEqual({ bytes: stream.length, frames: frames.length, damaged: 0 });
});

test('each damaged frame is counted, every other one arrives', () => {
  const random = randomOf(2);
  for (let round = 0; round < 200; round += 1) {
    const frames = Array.from({ length: 20 }, (_, i) => randomFrame(random, i));
    const damaged = new Set<number>();
    const chunks = frames.map((frame, i) => {
      const bytes = encodeFrame(frame);
      if (random(4) !== 0) return bytes;
      damaged.add(i);
      // Within the frame and not to zero: the ends stay, so that one fault damages one frame.
      const at = random(bytes.length - 1);
      bytes[at] = ((bytes[at]! + random(254)) % 255) + 1;
      return bytes;
    });
    const arrived: number[] = [];
    const decoder = new FrameDecoder((frame) => arrived.push(frame.sequence));
    chunks.forEach((chunk) => decoder.push(chunk));
    const changed = [...damaged].filter(
      (i) => Buffer.compare(chunks[i]!, encodeFrame(frames[i]!)) !== 0,
    );
    expect(decoder.stats.damaged).toBe(changed.length);
    expect(arrived).toEqual(
      frames.map(({ sequence }) => sequence).filter((i) => !changed.includes(i)),
    );
  }
});

test('noise is never taken for a frame, and the next frame after it is found', () => {
  const random = randomOf(3);
  const found: number[] = [];
  const decoder = new FrameDecoder(({ sequence }) => found.push(sequence));
  for (let i = 0; i < 500; i += 1) {
    decoder.push(Uint8Array.from({ length: random(2000) }, () => random(256)));
    decoder.push(Uint8Array.of(0));
    decoder.push(encodeFrame({ kind: 0, message: 1, sequence: i, body: new Uint8Array(0) }));
  }
  expect(found).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('a body that is too long is refused with its length', () => {
  const body = new Uint8Array(maxBodyBytes + 1);
  const encode = () => encodeFrame({ kind: 0, message: 1, sequence: 0, body });
  expect(encode).toThrow(AncError);
  expect(encode).toThrow(/1016 bytes, not 1017/);
});
