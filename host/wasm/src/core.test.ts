/** The WebAssembly core against the integer models (which the native build equals), and its memory. */
import { describe, expect, test } from 'vitest';
import { runCore } from '../../../dsp-reference/src/model/core-runner.ts';
import { FORM_MULTIRATE } from '../../../dsp-reference/src/model/config.ts';
import { EngineModel } from '../../../dsp-reference/src/model/engine.ts';
import { NlmsQ15Model, NlmsQ31Model } from '../../../dsp-reference/src/model/nlms.ts';
import {
  Random,
  randomEvents,
  randomSignal,
} from '../../../dsp-reference/src/model/random-case.ts';
import { scalarRatio } from '../../../dsp-reference/src/model/scalar.ts';
import { type CoreEvent, firstDifference } from '../../../dsp-reference/src/model/core-runner.ts';
import { type Core, CoreError, coreFile, type EngineSession, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the WebAssembly core, because it is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);

function signal(r: Random, samples: number): Int32Array {
  const next = randomSignal(r);
  return Int32Array.from({ length: samples }, next);
}

/** Runs x and d through a session in blocks of random sizes. */
function runInBlocks(
  session: {
    reference: Int32Array;
    primary: Int32Array;
    error: Int32Array;
    process(n: number): void;
  },
  x: Int32Array,
  d: Int32Array,
  r: Random,
): Int32Array {
  const e = new Int32Array(x.length);
  for (let at = 0; at < x.length;) {
    const count = Math.min(x.length - at, r.between(0, session.reference.length));
    session.reference.set(x.subarray(at, at + count));
    session.primary.set(d.subarray(at, at + count));
    session.process(count);
    e.set(session.error.subarray(0, count), at);
    at += count;
  }
  return e;
}

describe.skipIf(!isBuilt).each([
  ['q15', NlmsQ15Model, 4000],
  ['q31', NlmsQ31Model, 1200],
] as const)('NLMS %s', (format, Model, samples) => {
  test('equals the integer model in every sample and weight', () => {
    let adapted = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const r = new Random(100 + seed);
      const taps = 16 * r.between(1, seed % 4 === 0 ? 64 : 12);
      const step_e9 = r.pick([0, 1, 1000, 1e7, 1e8, 5e8, 1e9, 1.9e9]);
      const ioBits = r.pick([16, 24, 32] as const);
      const [x, d] = [signal(r, samples), signal(r, samples)];
      const model = new Model({ taps, ioBits, step: scalarRatio(step_e9, 1e9) });
      const wanted = Int32Array.from(x, (v, i) => model.step(v, d[i]!));
      const blockSamples = r.between(1, 700);
      const session = core.createNlms({
        format,
        taps,
        stepSize: step_e9 / 1e9,
        ioBits,
        blockSamples,
      });
      const e = runInBlocks(session, x, d, r);
      const where = `seed ${seed}, ${taps} taps, step ${step_e9}e-9, first different `;
      expect(firstDifference(e, wanted), `${where}error`).toBe(-1);
      expect(firstDifference(session.weights, model.weights), `${where}weight`).toBe(-1);
      if (model.weights.some((w) => w !== 0)) adapted++;
      session.dispose();
    }
    expect(adapted).toBeGreaterThan(6);
  });
});

function applyEvent(engine: EngineModel | EngineSession, event: CoreEvent): void {
  if (event.config) engine.configure(event.config);
  if (event.secondary) engine.setSecondary(event.secondary);
  if (event.weights) engine.setWeights(event.weights);
  if (event.freeze !== undefined) engine.freeze(event.freeze);
  if (event.guardMute !== undefined) engine.mute(event.guardMute);
  if (event.action === 'reset') engine.resetWeights();
  if (event.action === 'save') engine.saveWeights();
  if (event.action === 'restore') engine.restoreWeights();
}

describe.skipIf(!isBuilt)('engine', () => {
  test('equals its model sample by sample through random control actions', () => {
    let active = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const r = new Random(7000 + seed);
      const samples = r.between(2000, 6000);
      const events = randomEvents(r, samples, seed > 50 ? [FORM_MULTIRATE] : undefined);
      const [noise, disturb] = [randomSignal(r), randomSignal(r)];
      const [model, session] = [new EngineModel(8000), core.createEngine(8000)];
      for (let i = 0, next = 0; i < samples; i++) {
        for (; next < events.length && events[next]!.at <= i; next++)
          for (const engine of [model, session]) applyEvent(engine, events[next]!);
        const x = noise();
        const output = model.output(x);
        const e = Math.round(Math.max(-(2 ** 31), (disturb() >> 2) + output / 2));
        model.adapt(e);
        const got = session.step(x);
        session.adapt(e);
        if (got !== output || session.disturbance !== model.disturbance)
          expect([got, session.disturbance], `seed ${seed}, sample ${i}`).toEqual([
            output,
            model.disturbance,
          ]);
      }
      expect(firstDifference(session.weights, model.weights), `seed ${seed}`).toBe(-1);
      if (model.weights.some((w) => w !== 0)) active++;
      session.dispose();
    }
    expect(active).toBeGreaterThan(10);
  });

  test('equals the native core in blocks, and measures levels', () => {
    const r = new Random(31);
    const taps_q15 = Int16Array.from({ length: 40 }, () => r.between(-3000, 3000));
    const secondary = { delaySamples: 5, exponent: 0, taps_q15 };
    const config = { mode: 2, taps: 128, stepSize_e5: 5000 };
    const [x, e] = [12000, 12000].map((n) => signal(r, n).map((v) => v >> 3)) as [
      Int32Array,
      Int32Array,
    ];
    const native = runCore(
      'native',
      8000,
      x,
      e,
      [
        { at: 0, config },
        { at: 0, secondary },
      ],
      512,
    );
    const session = core.createEngine(8000, { blockSamples: x.length });
    session.configure(config);
    session.setSecondary(secondary);
    session.reference.set(x);
    session.error.set(e);
    session.process();
    expect(firstDifference(session.output, native.output)).toBe(-1);
    expect(firstDifference(session.weights, native.weights)).toBe(-1);
    const levels = session.takeLevels();
    expect(levels.samples).toBe(x.length);
    const meanSquare = x.reduce((sum, v) => sum + (v / 2 ** 15) ** 2, 0) / x.length;
    expect(levels.referenceMeanSquare / meanSquare).toBeCloseTo(1, 3);
    expect(levels.referencePeak).toBe(x.reduce((most, v) => Math.max(most, Math.abs(v)), 0));
    expect(session.takeLevels().samples).toBe(0);
    session.dispose();
  });
});

describe.skipIf(!isBuilt)('memory', () => {
  const options = { format: 'q15', taps: 512, stepSize: 0.5, blockSamples: 512 } as const;

  test('1000 sessions in one memory keep apart', async () => {
    const own = await loadCore();
    const [first, alone] = [own.createNlms(options), own.createNlms(options)];
    const stale = first.reference;
    const sessions = [first, ...Array.from({ length: 999 }, () => own.createNlms(options))];
    expect(stale.length, 'the memory has grown').toBe(0);
    expect(first.reference.length).toBe(512);
    const r = new Random(5);
    const [x, d] = [signal(r, 512), signal(r, 512)];
    for (const [i, session] of sessions.entries()) {
      session.reference.set(x.map((v) => v >> (i % 7)));
      session.primary.set(d);
    }
    for (const session of sessions) session.process();
    for (const [i, session] of sessions.entries()) {
      if (i >= 7) expect(firstDifference(session.error, sessions[i % 7]!.error)).toBe(-1);
    }
    expect(firstDifference(sessions[1]!.error, sessions[0]!.error)).not.toBe(-1);
    expect(alone.weights.every((w) => w === 0)).toBe(true);
    expect(own.memoryBytes).toBeLessThan(1002 * first.bytes + 2 ** 20);
    expect(first.bytes).toBeLessThan(24 * 1024);
  });

  test('a disposed session’s memory is used again, from zero', async () => {
    const own = await loadCore();
    const run = () => {
      const session = own.createNlms(options);
      expect(session.primary.every((v) => v === 0)).toBe(true);
      session.reference.fill(1 << 28);
      session.primary.fill(1 << 27);
      session.process();
      const e = session.error.slice();
      session.dispose();
      return e;
    };
    const first = run();
    expect(first.some((v) => v !== 1 << 27)).toBe(true);
    const before = own.memoryBytes;
    for (let i = 0; i < 500; i++) expect(firstDifference(run(), first)).toBe(-1);
    expect(own.memoryBytes).toBe(before);
  });

  test('a disposed session refuses to go on; disposing twice is harmless', () => {
    const session = core.createNlms(options);
    session.dispose();
    session.dispose();
    expect(() => session.process()).toThrow(expect.objectContaining({ code: 'CORE_DISPOSED' }));
    const [a, b] = [core.createNlms(options), core.createNlms(options)];
    a.reference.fill(1);
    expect(b.reference.every((v) => v === 0)).toBe(true);
    a.dispose();
    b.dispose();
  });

  test('says when there is no more, and stays usable', async () => {
    const own = await loadCore();
    const big = { ...options, blockSamples: 65536 };
    const many: { dispose(): void }[] = [];
    const fill = () => {
      for (;;) many.push(own.createNlms(big));
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'CORE_OUT_OF_MEMORY' }));
    expect(many.length).toBeGreaterThan(3000);
    for (const session of many) session.dispose();
    own.createNlms(big).process();
  });
});

describe.skipIf(!isBuilt)('wrong input', () => {
  const nlms = (changes: object) => () =>
    core.createNlms({ format: 'q15', taps: 64, stepSize: 0.5, ...changes });
  test.each([
    ['taps not of 16', nlms({ taps: 100 })],
    ['too many taps', nlms({ taps: 2048 })],
    ['no taps', nlms({ taps: 0 })],
    ['NaN step', nlms({ stepSize: NaN })],
    ['negative step', nlms({ stepSize: -0.1 })],
    ['step above 2', nlms({ stepSize: 2.1 })],
    ['12 bits', nlms({ ioBits: 12 })],
    ['no such format', nlms({ format: 'q7' })],
    ['empty block', nlms({ blockSamples: 0 })],
    ['too many samples', () => nlms({ blockSamples: 16 })().process(17)],
    ['half a sample', () => nlms({})().process(0.5)],
    ['rate', () => core.createEngine(4000)],
    ['fraction of a tap', () => core.createEngine(48000).configure({ taps: 33.5 })],
    ['weights of another length', () => core.createEngine(48000).setWeights(new Int32Array(3))],
    [
      'weight out of range',
      () => core.createEngine(48000).setWeights(new Int32Array(1024).fill(2 ** 31 - 1)),
    ],
    [
      'model too long',
      () =>
        core
          .createEngine(48000)
          .setSecondary({ delaySamples: 0, exponent: 0, taps_q15: new Int16Array(513) }),
    ],
    [
      'model’s delay',
      () =>
        core
          .createEngine(48000)
          .setSecondary({ delaySamples: 300, exponent: 0, taps_q15: new Int16Array(5) }),
    ],
  ])('%s', (_, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'CORE_OPTION_INVALID' }));
  });

  test('no core, or not one', async () => {
    const fails = async (source: Parameters<typeof loadCore>[0], code: string) => {
      const error: unknown = await loadCore(source).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(CoreError);
      expect((error as CoreError).code).toBe(code);
      expect((error as CoreError).hint).not.toBe('');
    };
    await fails('/nowhere/anc-core.wasm', 'CORE_MISSING');
    await fails(null, 'CORE_MISSING');
    await fails(new Uint8Array([1, 2, 3]), 'CORE_INVALID');
    // A module without exports: magic and version only.
    await fails(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), 'CORE_INVALID');
  });
});
