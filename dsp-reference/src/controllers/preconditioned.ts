import { BlockController, powerOfTwo } from './block-controller.ts';
import type { ControllerOptions } from './controller.ts';
import { crossSpectrum, inverse, minimumPhase, smoothPower, transform } from './spectrum.ts';
import type { Spectrum } from './spectrum.ts';

const STEP = 0.06;
/** Of the smoothed power: what is left after a block. */
const KEEP_POWER = 0.9;
/** Of the loudest bin: the factor's dynamic range. */
const SHARE_MIN = 1e-4;

function layoutFor(taps: number) {
  const reach = powerOfTwo(taps);
  // colour is what the factors are for: pre-emphasis would only weigh the error
  return { block: reach / 2, frame: 4 * reach, emphasis: 0 };
}

/**
 * Frequency-domain adaptation of a causal filter, preconditioned by the minimum-phase factors of the power of the
 * filtered reference, S = M·M*:
 *
 *     W ← W − µ (1/M) · { X̂* E / M* }₊
 *
 * {·}₊ keeps causal lags. 1/M* is anticausal and stands in front of the constraint, 1/M is causal and stands behind it: so
 * every frequency converges at one rate, and the filter settles at the causal optimum. Normalising by S in one piece does
 * the first and misses the second. M comes from the folded cepstrum of S. (Elliott and Rafaely, IEEE Trans. Signal Process.
 * 48(5), 2000, Frequency-domain adaptation of causal digital filters; the factor: Oppenheim and Schafer, ch. 13.)
 * `stepSize` µ: share of the way to the optimum per block of taps/2 samples, default 0.06.
 */
export class Preconditioned extends BlockController {
  private readonly power: Float64Array;
  private readonly hann: Float64Array;
  private readonly stepSize: number;
  private blocks = 0;

  constructor(options: ControllerOptions) {
    const layout = layoutFor(options.taps);
    super(options, layout);
    this.power = new Float64Array(layout.frame);
    this.stepSize = options.stepSize ?? STEP;
    // mean square 1, so that the power stays that of the signal
    this.hann = Float64Array.from({ length: layout.frame }, (_, n) => {
      const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / layout.frame);
      return w / Math.sqrt(0.375);
    });
  }

  protected update(filtered: Float64Array, errors: Float64Array): void {
    const { frame, block } = this.layout;
    this.blocks++;
    const seen = transform(filtered.map((v, n) => v * this.hann[n]!));
    smoothPower(this.power, seen, Math.min(KEEP_POWER, 1 - 1 / this.blocks));
    // the window fades out what is new: a frame that is not full yet, or just got loud, has no spectrum to divide by
    if (this.blocks * block < 2 * frame || isLouderAtEnd(filtered, block)) return;
    const inverseFactor = this.inverseFactor(block / frame);
    const gradient = crossSpectrum(transform(filtered), transform(errors));
    // conj(1/M) · conj(X̂) E: lags that wrapped around are behind frame − block
    const causal = inverse(crossSpectrum(inverseFactor, gradient)).fill(0, this.weights.length);
    const step = inverse(product(inverseFactor, transform(causal)));
    for (let i = 0; i < this.weights.length; i++) this.weights[i]! -= this.stepSize * step[i]!;
  }

  /** 1/M for the power of `share` of a frame. */
  private inverseFactor(share: number): Spectrum {
    const { power, binFloor } = this;
    const floor = SHARE_MIN * power.reduce((max, v) => Math.max(max, v), 0) + binFloor;
    return minimumPhase(power.map((v) => -0.5 * Math.log(share * (v + floor))));
  }
}

function product(a: Spectrum, b: Spectrum): Spectrum {
  return {
    re: a.re.map((v, k) => v * b.re[k]! - a.im[k]! * b.im[k]!),
    im: a.re.map((v, k) => v * b.im[k]! + a.im[k]! * b.re[k]!),
  };
}

const LOUDER = 8;

/** Whether the last block has more than eight times the mean power of the frame. */
function isLouderAtEnd(frame: Float64Array, block: number): boolean {
  const energy = (part: Float64Array) => part.reduce((sum, v) => sum + v * v, 0);
  const last = energy(frame.subarray(frame.length - block)) / block;
  return last * frame.length > LOUDER * energy(frame) + 1e-12;
}
