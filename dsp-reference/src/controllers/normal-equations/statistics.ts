import { fft } from '../../fft.ts';

/** Hann-windowed powers, bins 0..size/2: of f, d and the reference x, and d·f*. */
export interface Power {
  readonly f: Float64Array;
  readonly d: Float64Array;
  readonly crossRe: Float64Array;
  readonly crossIm: Float64Array;
  readonly x: Float64Array;
}

/** How the second-order statistics are cut: taps + 2·margin + block ≤ `size`, a power of two. */
export interface Layout {
  readonly taps: number;
  /** lags beside those of the filter that an error weighting may reach over */
  readonly margin: number;
  /** samples between two updates */
  readonly block: number;
  readonly size: number;
}

/** As in the firmware, where a block has to be longer than a control step. */
const REACH_MIN = 256;

/** @param secondaryLength samples of the secondary model, which goes through the same transforms */
export function layoutFor(taps: number, secondaryLength = 0): Layout {
  const reach = 2 ** Math.ceil(Math.log2(Math.max(REACH_MIN, taps, secondaryLength)));
  return { taps, margin: reach / 2, block: 2 * reach, size: 4 * reach };
}

/** Complex spectrum or sequence of `size` values. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function complex(size: number): Complex {
  return { re: new Float64Array(size), im: new Float64Array(size) };
}

/** Inverse transform in place, scaled by 1/size. */
export function inverse(z: Complex): void {
  // swapping the parts conjugates before and after
  fft(z.im, z.re);
  const scale = 1 / z.re.length;
  for (let i = 0; i < z.re.length; i++) {
    z.re[i]! *= scale;
    z.im[i]! *= scale;
  }
}

/**
 * Exponentially windowed correlations of the filtered reference f with itself and with the disturbance d, and their
 * spectra. The window is on the signals, sample by sample, and the oldest and newest ends are cut: so the autocorrelation
 * is that of one finite signal, and its matrix is positive semidefinite however large the dynamic range of the spectrum.
 */
export class Statistics {
  readonly layout: Layout;
  /** sums over the same time as the correlations */
  readonly power: Power;
  private readonly sums: Complex;
  /** samples that the sums are over, after forgetting */
  samples = 0;
  private readonly contextF: Float64Array;
  private readonly contextD: Float64Array;
  private readonly hann: Float64Array;
  /** of the window in a sample, power */
  private decay = 1;

  constructor(layout: Layout) {
    const { size } = layout;
    this.layout = layout;
    this.sums = complex(size);
    const bins = () => new Float64Array(size / 2 + 1);
    this.power = { f: bins(), d: bins(), crossRe: bins(), crossIm: bins(), x: bins() };
    this.contextF = new Float64Array(size);
    this.contextD = new Float64Array(size);
    this.hann = Float64Array.from({ length: size }, (_, n) => {
      return 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size);
    });
  }

  /** Forgets everything, as after a change of the path. */
  clear(): void {
    this.sums.re.fill(0);
    this.sums.im.fill(0);
    for (const sum of Object.values(this.power)) sum.fill(0);
    this.samples = 0;
    // what was before the window is zero
    this.contextF.fill(0);
    this.contextD.fill(0);
  }

  /**
   * @param f, d layout.block samples each
   * @param keep what is left of the old sums
   * @param share how much the new block counts, 0..1, in power
   */
  add(f: Float64Array, d: Float64Array, keep: number, share = 1): void {
    const { size, block } = this.layout;
    this.contextF.copyWithin(0, block);
    this.contextD.copyWithin(0, block);
    const gain = Math.sqrt(share);
    for (let n = 0; n < block; n++) {
      this.contextF[size - block + n] = gain * f[n]!;
      this.contextD[size - block + n] = gain * d[n]!;
    }
    this.samples = keep * this.samples + share * block;
    this.decay = keep ** (1 / block);
    this.addCorrelation(keep);
    this.addPower(keep);
  }

  /**
   * The reference of the block that `add` was given, for the effort.
   * @param heard transform of the last `size` samples, the reference in its real part
   */
  addReference(heard: Complex, keep: number, share = 1): void {
    const { size } = this.layout;
    const { x } = this.power;
    // of the reference alone, bin k; Hann's window is three taps here
    const re = (k: number) => heard.re[k & (size - 1)]! + heard.re[-k & (size - 1)]!;
    const im = (k: number) => heard.im[k & (size - 1)]! - heard.im[-k & (size - 1)]!;
    for (let k = 0; k <= size / 2; k++) {
      const a = re(k) / 4 - (re(k - 1) + re(k + 1)) / 8;
      const b = im(k) / 4 - (im(k - 1) + im(k + 1)) / 8;
      x[k] = keep * x[k]! + share * (a * a + b * b);
    }
  }

  /**
   * Lag k of Σ g[n]g[n−k] f[n]f[n−k] in re, an even sequence, and of Σ g[n]g[n−k] d[n]f[n−k] in im, with g the window;
   * lags −margin..taps+margin, negative ones from the end, zeros between.
   */
  correlations(): Complex {
    const { size, taps, margin } = this.layout;
    const sums = { re: this.sums.re.slice(), im: this.sums.im.slice() };
    inverse(sums);
    const lags = complex(size);
    for (let k = -margin; k < taps + margin; k++) {
      const at = (k + size) % size;
      lags.im[at] = sums.im[at]! * this.decay ** (k / 2);
      if (k < 0) lags.re[at] = sums.re[-k]! * this.decay ** (-k / 2);
      else lags.re[at] = sums.re[at]! * this.decay ** (k / 2);
    }
    return lags;
  }

  private addCorrelation(keep: number): void {
    const { size, block, margin } = this.layout;
    const context = complex(size);
    context.re.set(this.contextF);
    fft(context.re, context.im);
    const part = complex(size);
    const [from, to] = [size - margin - block, size - margin];
    let weight = 1;
    for (let n = to - 1; n >= from; n--, weight *= this.decay) {
      part.re[n] = weight * this.contextF[n]!;
      part.im[n] = weight * this.contextD[n]!;
    }
    fft(part.re, part.im);
    const { re, im } = this.sums;
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [part.re[k]!, part.im[k]!, context.re[k]!, context.im[k]!];
      re[k] = keep * re[k]! + a * c + b * d;
      im[k] = keep * im[k]! + b * c - a * d;
    }
  }

  private addPower(keep: number): void {
    const { size } = this.layout;
    const z = complex(size);
    for (let n = 0; n < size; n++) {
      z.re[n] = this.contextF[n]! * this.hann[n]!;
      z.im[n] = this.contextD[n]! * this.hann[n]!;
    }
    fft(z.re, z.im);
    const { f, d, crossRe, crossIm } = this.power;
    for (let k = 0; k <= size / 2; k++) {
      const m = (size - k) % size;
      // the transforms of the two real signals that went in as one complex one
      const fRe = (z.re[k]! + z.re[m]!) / 2;
      const fIm = (z.im[k]! - z.im[m]!) / 2;
      const dRe = (z.im[k]! + z.im[m]!) / 2;
      const dIm = (z.re[m]! - z.re[k]!) / 2;
      f[k] = keep * f[k]! + fRe * fRe + fIm * fIm;
      d[k] = keep * d[k]! + dRe * dRe + dIm * dIm;
      crossRe[k] = keep * crossRe[k]! + dRe * fRe + dIm * fIm;
      crossIm[k] = keep * crossIm[k]! + dIm * fRe - dRe * fIm;
    }
  }
}
