/** The C core's identification beside the float64 reference, on the same plant. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { misalignmentDb } from '../measures/misalignment.ts';
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import { Plant } from '../plant/plant.ts';
import { IDENTIFY_RUN, runCoreIdentification } from './core-identification.ts';
import { deriveSettings } from './derive.ts';
import { Identifier } from './identify.ts';
import type { Excitation } from './excitation.ts';

const LATENCY = 5;
const TAPS = 512;
const PATHS = builtinPaths('builtin:normal');

const noiseAt = (levelDb: number) => makeNoise('cabin', 5 * 48000, { levelDb, seed: 5 });

function inCore(excitation: Excitation, noise: Float64Array) {
  return runCoreIdentification({
    paths: PATHS,
    noise,
    latencySamples: LATENCY,
    excitation,
    seconds: 2,
    taps: TAPS,
  });
}

function inFloat64(excitation: Excitation, noise: Float64Array) {
  const plant = new Plant(PATHS, noise, { latencySamples: LATENCY });
  const identifier = new Identifier({ sampleRateHz: 48000, excitation, seconds: 2, taps: TAPS });
  while (identifier.phase !== 'done') {
    identifier.adapt(plant.error(identifier.output(plant.reference())));
  }
  return identifier.result();
}

function exact(path: Float64Array): Float64Array {
  const whole = new Float64Array(TAPS);
  whole.set(path.subarray(0, TAPS - LATENCY), LATENCY);
  return whole;
}

describe.skipIf(!existsSync(IDENTIFY_RUN))('the core beside float64', { timeout: 30_000 }, () => {
  it.each([
    { excitation: 'white', levelDb: -60, atMostDb: -42 },
    { excitation: 'mls', levelDb: -60, atMostDb: -37 },
    { excitation: 'sweep', levelDb: -60, atMostDb: -18 },
    { excitation: 'white', levelDb: -40, atMostDb: -42 },
  ] as const)('$excitation, noise at $levelDb dBFS', ({ excitation, levelDb, atMostDb }) => {
    const noise = noiseAt(levelDb);
    const [core, float64] = [inCore(excitation, noise), inFloat64(excitation, noise)];
    expect(core.reason).toBe(0);
    expect(misalignmentDb(core.secondary, exact(PATHS.secondary))).toBeLessThan(atMostDb);
    expect(misalignmentDb(core.secondary, float64.secondary)).toBeLessThan(atMostDb);
    expect(core.erleDb).toBeGreaterThan(30);
    expect(Math.abs(core.driveDb - float64.driveDb)).toBeLessThan(3.1);
    expect(core.backgroundDb).toBeCloseTo(float64.backgroundDb, 0);
    // octaves that both hear above the noise by some way
    float64.octaves.forEach(({ signalToErrorDb }, i) => {
      if (signalToErrorDb > 20) expect(core.octavesDb[i]).toBeGreaterThan(signalToErrorDb - 15);
    });
  });

  it('derives the same settings from the same path, and hears the reference microphone', () => {
    const core = inCore('white', noiseAt(-90));
    const derived = deriveSettings(Float64Array.from(core.secondary), 48000);
    expect(core.delaySamples).toBe(derived.delaySamples);
    expect(core.modelTaps).toBe(derived.modelTaps);
    expect(core.controlTaps).toBe(derived.controlTaps);
    expect(core.stepSize).toBeCloseTo(derived.stepSize, 4);
    expect(misalignmentDb(core.feedback, exact(PATHS.feedback))).toBeLessThan(-10);
  });
});
