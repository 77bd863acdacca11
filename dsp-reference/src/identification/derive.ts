/** Settings that follow from a measured path, so that nobody has to take them from a table. */
export interface DerivedSettings {
  /** samples until the path's response begins, loop latency included */
  readonly delaySamples: number;
  /** of the model, behind the delay: what holds 99.9 % of the energy, a multiple of 16 */
  readonly modelTaps: number;
  /** of the control filter, multiple of 16 */
  readonly controlTaps: number;
  /** µ of FxNLMS */
  readonly stepSize: number;
  /** longest group delay from 50 to 1000 Hz, samples: what the step size follows from */
  readonly groupDelaySamples: number;
}

const ENERGY = 0.999;
/** The response begins where it first reaches this share of its peak. */
const ONSET = 0.05;
const LOW_HZ = 50;
const HIGH_HZ = 1000;
const POINTS = 60;
/** Filters shorter than this cannot tell apart what lies below. */
const LOWEST_HZ = 47;
/** Of the stability limit for one tone. */
const STEP_MARGIN = 0.5;

export function deriveSettings(path: Float64Array, sampleRateHz: number): DerivedSettings {
  const peak = path.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const delaySamples = Math.max(
    0,
    path.findIndex((v) => Math.abs(v) >= ONSET * peak),
  );
  const groupDelaySamples = longestGroupDelay(path, sampleRateHz);
  // Snyder and Hansen, J. Sound Vib. 141, 1990: a tone through a delay of Δ samples
  const limit = 2 * Math.sin(Math.PI / (2 * (2 * groupDelaySamples + 1)));
  return {
    delaySamples,
    modelTaps: roundUp(energyLength(path) - delaySamples),
    controlTaps: Math.min(1024, roundUp(sampleRateHz / LOWEST_HZ)),
    stepSize: Number((STEP_MARGIN * limit).toPrecision(2)),
    groupDelaySamples,
  };
}

function roundUp(taps: number): number {
  return Math.max(16, Math.ceil(taps / 16) * 16);
}

function energyLength(path: Float64Array): number {
  const total = path.reduce((sum, v) => sum + v * v, 0);
  let sum = 0;
  return 1 + path.findIndex((v) => (sum += v * v) >= ENERGY * total);
}

/** Re(F{n·h} / F{h}), at frequencies where the path is within 20 dB of its loudest there. */
function longestGroupDelay(path: Float64Array, sampleRateHz: number): number {
  const points = Array.from({ length: POINTS }, (_, i) => {
    const hz = LOW_HZ * (HIGH_HZ / LOW_HZ) ** (i / (POINTS - 1));
    const omega = (2 * Math.PI * hz) / sampleRateHz;
    let [re, im, nRe, nIm] = [0, 0, 0, 0];
    path.forEach((v, n) => {
      const [c, s] = [v * Math.cos(omega * n), -v * Math.sin(omega * n)];
      re += c;
      im += s;
      nRe += n * c;
      nIm += n * s;
    });
    const power = re * re + im * im;
    return { power, delay: power > 0 ? (nRe * re + nIm * im) / power : 0 };
  });
  const loudest = Math.max(...points.map(({ power }) => power));
  return Math.max(0, ...points.filter((p) => p.power > loudest / 100).map((p) => p.delay));
}
