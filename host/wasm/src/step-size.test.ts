/** A step that changes on the way: what was learned stays, what comes is learned with the new one. */
import { describe, expect, test } from 'vitest';
import { type Core, coreFile, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: step sizes, because the core is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);

const taps = 512;
const block = 512;

const sessions = {
  q15: (stepSize: number) => core.createNlms({ format: 'q15', taps, stepSize }),
  q31: (stepSize: number) => core.createNlms({ format: 'q31', taps, stepSize }),
  f32: (stepSize: number) => core.createNlmsF32({ taps, stepSize }),
  fdaf: (stepSize: number) => core.createFdaf({ taps, stepSize }),
};

/** The same noise for all. */
function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 33;
}

function run(session: ReturnType<(typeof sessions)['q31' | 'fdaf']>, blocks: number, seed: number) {
  const next = noise(seed);
  const scale = session.reference instanceof Int32Array ? 2 ** 31 : 1;
  for (let b = 0; b < blocks; b++) {
    for (let i = 0; i < block; i++) session.primary[i] = session.reference[i] = next() * scale;
    session.process();
  }
  return [...session.weights];
}

describe.skipIf(!isBuilt)('setStepSize', () => {
  test.each(Object.keys(sessions) as (keyof typeof sessions)[])(
    '%s: as if it always were',
    (name) => {
      const make = sessions[name];
      const [kept, changed] = [make(0.5), make(0.01)];
      changed.setStepSize(0.5);
      expect(run(changed, 4, 1)).toEqual(run(kept, 4, 1));
      changed.setStepSize(0);
      const learned = [...changed.weights];
      expect(Math.max(...learned.map(Math.abs))).toBeGreaterThan(0);
      run(changed, 1, 7);
      const rested = [...changed.weights];
      expect(run(changed, 4, 9)).toEqual(rested);
      expect(() => changed.setStepSize(2.1)).toThrow('from 0 to 2');
      for (const session of [kept, changed]) session.dispose();
    },
  );

  test.each(['nlms', 'fdaf'] as const)('line enhancer with %s', (filter) => {
    const make = (stepSize: number) =>
      core.createLineEnhancer({ filter, taps, delay: 64, stepSize });
    const [kept, changed] = [make(0.5), make(0)];
    changed.setStepSize(0.5);
    for (let b = 0; b < 4; b++) {
      const tone = Float32Array.from({ length: block }, (_, i) => Math.sin((b * block + i) / 9));
      for (const session of [kept, changed]) {
        session.input.set(tone);
        session.process();
      }
    }
    expect([...changed.rest]).toEqual([...kept.rest]);
    expect(Math.max(...changed.periodic)).toBeGreaterThan(0.5);
    expect(() => changed.setStepSize(-1)).toThrow('from 0 to 2');
    for (const session of [kept, changed]) session.dispose();
  });
});
