/** What no user should be able to break an algorithm with: never above the limit, never NaN, and quiet or working afterwards. */
import { describe, expect, it } from 'vitest';
import { makeNoise } from '../../noise/generators.ts';
import { builtinPaths } from '../../paths/builtin.ts';
import { Plant } from '../../plant/plant.ts';
import { completeSettings } from '../../simulate/settings.ts';
import { ALGORITHMS } from '../index.ts';

const RATE = 48000;
const LATENCY = 5;
const SECONDS = 4;
const LIMIT_DB = -6;
const PATHS = builtinPaths('builtin:normal');
const LOOSE = builtinPaths('builtin:loose');

function late(extra = 0): Float64Array {
  const path = new Float64Array(400);
  const at = LATENCY + extra;
  path.set(PATHS.secondary.subarray(0, 400 - at), at);
  return path;
}

interface Attack {
  readonly name: string;
  /** what the world sounds like, at sample n, from ordinary noise */
  readonly source?: (v: number, n: number) => number;
  readonly secondary?: Float64Array;
  /** between the controller and the loudspeaker */
  readonly driver?: (y: number, n: number) => number;
  /** what the microphones deliver */
  readonly microphone?: (v: number, n: number) => number;
  readonly swaps?: boolean;
  readonly feedbackGain?: number;
}

const half = (SECONDS * RATE) / 2;
const ATTACKS: readonly Attack[] = [
  { name: 'a quiet reference', source: (v) => 1e-5 * v },
  { name: 'zeros', source: () => 0 },
  { name: 'DC', source: () => 0.3 },
  { name: 'loud, then quiet', source: (v, n) => (n < half ? 8 : 1e-4) * v },
  { name: 'quiet, then loud', source: (v, n) => (n < half ? 1e-4 : 8) * v },
  { name: 'clipped microphones', source: (v) => 30 * v },
  { name: 'an impulse train', source: (_, n) => (n % 4800 === 0 ? 1 : 0) },
  { name: 'not a number', microphone: (v, n) => (n % 9999 === 77 ? NaN : v) },
  { name: 'infinity', microphone: (v, n) => (n % 9999 === 77 ? -Infinity : v) },
  { name: 'a secondary path of the wrong sign', secondary: late().map((v) => -v) },
  { name: 'a secondary path 20 samples late', secondary: late(20) },
  { name: 'a silent secondary model', secondary: new Float64Array(400) },
  { name: 'a driver that saturates', driver: (y) => Math.tanh(20 * y) / 20 },
  { name: 'a loudspeaker that falls off', driver: (y, n) => (n < half ? y : 0) },
  { name: 'strong acoustic feedback', feedbackGain: 40 },
  { name: 'another ear in the middle of it', swaps: true },
];

const noise = makeNoise('cabin', SECONDS * RATE, { levelDb: -23, seed: 7 });

function run(name: string, attack: Attack) {
  const settings = completeSettings({ taps: 512, outputLimitDb: LIMIT_DB });
  const controller = ALGORITHMS[name]!.create({
    arithmetic: ALGORITHMS[name]!.arithmetics[0]!,
    settings,
    stepSize: undefined,
    sampleRateHz: RATE,
    seed: 1,
    secondary: attack.secondary ?? late(),
    feedback: new Float64Array(0),
  });
  const source = attack.source ? noise.map(attack.source) : noise;
  const strong = PATHS.feedback.map((v) => (attack.feedbackGain ?? 1) * v);
  const plants = [PATHS, LOOSE].map(
    (paths) => new Plant({ ...paths, feedback: strong }, source, { latencySamples: LATENCY }),
  );
  let [peak, isFinite] = [0, true];
  const [on, off] = [
    [0, 0],
    [0, 0],
  ] as [number[], number[]];
  for (let n = 0; n < source.length; n++) {
    const worn = attack.swaps && n >= half ? 1 : 0;
    const heard = (v: number) => (attack.microphone ? attack.microphone(v, n) : v);
    const references = plants.map((plant) => plant.reference());
    const y = controller.output(heard(references[worn]!));
    peak = Math.max(peak, Math.abs(y));
    isFinite &&= Number.isFinite(y);
    const driven = attack.driver ? attack.driver(y, n) : y;
    const errors = plants.map((plant) => plant.error(driven));
    controller.adapt(heard(errors[worn]!));
    const last = n >= 0.75 * source.length ? 1 : 0;
    on[last]! += plants[worn]!.sound ** 2;
    off[last]! += plants[worn]!.disturbance ** 2;
  }
  return { peak, isFinite, lastDb: 10 * Math.log10((off[1]! + 1e-12) / (on[1]! + 1e-12)) };
}

const NAMES = ['normal-equations', 'normal-equations-online'];

describe.each(NAMES)('%s', { timeout: 60_000 }, (name) => {
  it.each(ATTACKS)('$name', (attack) => {
    const { peak, isFinite } = run(name, attack);
    expect(isFinite).toBe(true);
    expect(peak).toBeLessThanOrEqual(10 ** (LIMIT_DB / 20) + 1e-9);
  });
});

describe.each(NAMES)('%s recovers or falls silent', { timeout: 60_000 }, (name) => {
  it.each(ATTACKS.filter((attack) => !/impulse|saturates|falls off|clipped/.test(attack.name)))(
    '$name: at the end not 3 dB louder than off',
    (attack) => {
      expect(run(name, attack).lastDb).toBeGreaterThan(-3);
    },
  );
});
