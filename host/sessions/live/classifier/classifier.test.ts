import { readdirSync } from 'node:fs';
import { coreFile, loadCore } from '@anc/wasm';
import { noiseSource } from '@anc/dsp-reference';
import { describe, expect, it } from 'vitest';
import { DATA_MISSING, dataFile } from '../../../../dsp-reference/src/testing.ts';
import type { NoiseKind } from '../../protocol/index.ts';
import { classifyRecording } from '../../testing/classify-recording.ts';
import { classifySound } from './classify-sound.ts';
import { NoiseGate } from './noise-gate.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the classifier, because the core is not built\n');
const missing = DATA_MISSING || (isBuilt ? false : 'the core is not built');
if (missing) process.stderr.write(`skipped: recordings for the classifier, because ${missing}\n`);

const rate = 48_000;
const white = noiseSource('white', 1);
const sound = (at: (seconds: number) => number) =>
  Float32Array.from({ length: 5 * rate }, (_, n) => at(n / rate));
const sine = (cycles: number) => Math.sin(2 * Math.PI * cycles);

/** A tone that goes up and down between two frequencies, so many times a second. */
function sweeping(lowHz: number, highHz: number, timesPerSecond: number) {
  let cycles = 0;
  return (t: number) => {
    const hz = lowHz + (highHz - lowHz) * (0.5 + 0.5 * sine(timesPerSecond * t));
    cycles += hz / rate;
    return 0.2 * sine(cycles);
  };
}

/** Harmonics of 120 Hz below 4 kHz in syllables of a quarter of a second, with pauses between words. */
const voice = (t: number) => {
  const syllable = Math.max(0, sine(4 * t)) * (t % 1 < 0.8 ? 1 : 0);
  let sum = 0;
  for (let k = 1; k <= 30; k += 1) sum += sine(120 * k * t) / (1 + Math.abs(k - 6));
  return 0.1 * syllable * sum;
};

describe.skipIf(!isBuilt)('kinds of noise', () => {
  it.each<[string, NoiseKind, (t: number) => number]>([
    ['nothing', 'quiet', () => 0],
    ['noise of −80 dBFS', 'quiet', () => 1e-4 * white()],
    ['white noise', 'broadband', () => 0.1 * white()],
    [
      'hum of 50 Hz with harmonics in hiss',
      'hum',
      (t) => 0.1 * (sine(50 * t) + sine(100 * t) + sine(150 * t) / 2) + 0.003 * white(),
    ],
    ['a fan’s whine', 'hum', (t) => 0.1 * sine(330 * t) + 0.01 * white()],
    ['a slow siren', 'siren', sweeping(500, 1500, 0.2)],
    [
      'a yelping siren in noise',
      'siren',
      (() => {
        const siren = sweeping(600, 1400, 2.5);
        return (t) => siren(t) + 0.02 * white();
      })(),
    ],
    ['syllables', 'speech', (t) => voice(t) + 0.001 * white()],
    ['a knock a second', 'impulse', (t) => (t % 1 < 0.01 ? 0.7 : 0.002) * white()],
  ])('%s: %s', async (_, kind, at) => {
    const kinds = classifySound(await loadCore(), sound(at));
    // The first second has half of the history that rhythm needs.
    for (const second of kinds.slice(1)) expect(second.kind).toBe(kind);
    for (const { confidence } of kinds) {
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });
});

describe.skipIf(missing)('recordings', { timeout: 30_000 }, () => {
  const shareOf = async (folders: readonly string[], kind: NoiseKind) => {
    let [hits, all] = [0, 0];
    for (const folder of folders) {
      for (const name of readdirSync(dataFile(folder)).filter((file) => file.endsWith('.wav'))) {
        const kinds = await classifyRecording(dataFile(folder, name));
        hits += kinds.filter((second) => second.kind === kind).length;
        all += kinds.length;
      }
    }
    expect(all).toBeGreaterThan(10);
    return hits / all;
  };

  it('hears speech in speech', async () => {
    expect(await shareOf(['speech'], 'speech')).toBeGreaterThan(0.8);
  });

  it('calls every other second of sirens one, of steady noise hardly any', async () => {
    expect(await shareOf(['events/siren'], 'siren')).toBeGreaterThan(0.4);
    expect(await shareOf(['noises'], 'siren')).toBeLessThan(0.05);
  });
});

describe('noise gate', () => {
  const second = (kind: NoiseKind, confidence = 1) => ({ kind, confidence });

  it('tells a kind once, when it has held', () => {
    const gate = new NoiseGate();
    const told = ['hum', 'hum', 'hum', 'speech', 'hum', 'speech', 'speech', 'hum', 'hum'] as const;
    expect(told.map((kind) => gate.take(second(kind))?.kind ?? '')).toEqual([
      '',
      'hum',
      '',
      '',
      '',
      '',
      'speech',
      '',
      'hum',
    ]);
  });

  it('tells an impulse at once, and lets doubtful seconds pass', () => {
    const gate = new NoiseGate();
    expect(gate.take(second('hum', 0.9))).toBeNull();
    expect(gate.take(second('siren', 0.2))).toBeNull();
    expect(gate.take(second('hum', 0.5))).toEqual({ kind: 'hum', confidence: 0.7 });
    expect(gate.take(second('impulse'))).toEqual({ kind: 'impulse', confidence: 1 });
  });
});
