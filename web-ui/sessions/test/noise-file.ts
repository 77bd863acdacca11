import { writeFile } from 'node:fs/promises';
import { encodeWav, type WavFormat } from '../../../dsp-reference/src/audio/wav.ts';

const rateHz = 48_000;

/** White noise −1..1, the same for the same seed. */
function* noise(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 31 - 1;
  }
}

/**
 * Two microphones in one noise: hum of 120, 240 and 360 Hz, and hiss. The left one hears both 24 samples later and at a
 * half, and a little hiss of its own.
 */
export function twoMicrophones(seconds: number): { left: Float64Array; right: Float64Array } {
  const length = seconds * rateHz;
  const [hiss, own] = [noise(1), noise(2)];
  const right = Float64Array.from({ length }, (_, i) => {
    const hum = [120, 240, 360].reduce(
      (sum, hz) => sum + Math.sin((2 * Math.PI * hz * i) / rateHz),
      0,
    );
    return 0.08 * hum + 0.03 * hiss.next().value!;
  });
  const left = right.map(
    (_, i) => 0.5 * right[(i - 24 + length) % length]! + 0.0002 * own.next().value!,
  );
  return { left, right };
}

/** As a file; the hum has whole periods in whole seconds, so that it can be played in a loop. */
export async function writeTwoMicrophones(
  path: string,
  seconds: number,
  format: WavFormat = 'pcm16',
): Promise<void> {
  const { left, right } = twoMicrophones(seconds);
  await writeFile(path, encodeWav({ sampleRateHz: rateHz, channels: [left, right] }, format));
}
