/** The C forms of the controllers through everything that their float64 forms go through. */
import { describe, expect, test } from 'vitest';
import {
  ADVERSARIAL_CASES,
  ADVERSARIAL_LIMIT,
  type Make,
  runAdversarial,
  runInterrupted,
} from '../../../dsp-reference/src/controllers/adversarial-cases.ts';
import { ALGORITHMS } from '../../../dsp-reference/src/controllers/index.ts';
import { type ControllerSession, type Core, coreFile, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the WebAssembly core, because it is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);
const names = isBuilt ? core.controllerNames : ['no controller'];

/** Runs with a session of that name, whose state must be finite at the end. */
function withSession<T>(name: string, run: (make: Make) => T): T {
  let session: ControllerSession | null = null;
  const makeF32 = (options: Parameters<Core['createController']>[1]) => {
    const created = core.createController(name, options);
    session = created;
    return {
      output: (x: number) => created.step(x),
      adapt: (e: number) => created.adapt(e),
    };
  };
  const result = run((options) =>
    ALGORITHMS[name]!.create({ ...options, arithmetic: 'f32', makeF32 }),
  );
  const { weights, resets } = session as unknown as ControllerSession;
  expect(weights.length).toBeGreaterThan(0);
  expect(weights.every(Number.isFinite)).toBe(true);
  expect(resets).toBe(0);
  (session as unknown as ControllerSession).dispose();
  return result;
}

describe.skipIf(!isBuilt).each(names)('%s in C', (name) => {
  test.each(ADVERSARIAL_CASES)('%s: within the limit, and a number', (title) => {
    const result = withSession(name, (make) => runAdversarial(title, make));
    // the limit itself is rounded to single precision
    expect(result.peak).toBeLessThanOrEqual(Math.fround(ADVERSARIAL_LIMIT));
    expect(result.on.every(Number.isFinite)).toBe(true);
  });

  test.each([NaN, 3e38, 1])('%d for 10 ms does not stop it', (what) => {
    const result = withSession(name, (make) => runInterrupted(what, make));
    expect(result.attenuationDb(0.9, 1.2)).toBeGreaterThan(1);
  });
});
