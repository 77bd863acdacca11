import {
  DIRECT_TAPS,
  equivalentFilter,
  LATE_KERNEL,
  lateCount,
  lateLag,
  MultirateFilter,
  multirateReach,
  RATE_RATIO,
  SPLINE,
} from '../../algorithms/multirate-filter.ts';
import { rowStart, solvePositive } from '../../cholesky.ts';
import type { FilterForm, FilterPath } from './filter-form.ts';

/**
 * w = Φ c: unit impulses for the direct taps, then copies of the late kernel every RATE_RATIO lags. The normal equations
 * (ΦᵀRΦ + r[0] T) c = Φᵀp are solved by Cholesky's factorisation. T is the power of all aliases and images for white
 * noise: it keeps the branch from frequencies near half its rate, where it has both. With it the pivots of white noise of
 * power 1 are 0.9 and more, so one floor does for all rows.
 */
export class MultirateForm implements FilterForm {
  readonly taps: number;
  readonly coefficients: Float64Array;
  private readonly matrix: Float64Array;

  constructor(taps: number) {
    this.taps = multirateReach(taps);
    const count = DIRECT_TAPS + lateCount(this.taps);
    this.coefficients = new Float64Array(count);
    this.matrix = new Float64Array(rowStart(count));
  }

  solve(r: Float64Array, p: Float64Array, floor: number): Float64Array | null {
    const { matrix, taps } = this;
    const late = lateCount(taps);
    for (let i = 0; i < DIRECT_TAPS; i++) {
      for (let j = 0; j <= i; j++) matrix[rowStart(i) + j] = r[i - j]!;
    }
    const kernels = kernelCorrelations(r, late);
    for (let j = 0; j < late; j++) {
      const row = rowStart(DIRECT_TAPS + j);
      for (let i = 0; i < DIRECT_TAPS; i++) matrix[row + i] = throughKernel(r, lateLag(j) - i);
      for (let i = 0; i <= j; i++) matrix[row + DIRECT_TAPS + i] = kernels[j - i]!;
    }
    const c = Float64Array.from({ length: DIRECT_TAPS + late }, (_, i) => {
      return i < DIRECT_TAPS ? p[i]! : throughKernel(p, lateLag(i - DIRECT_TAPS));
    });
    if (!solvePositive(matrix, c, floor)) return null;
    this.coefficients.set(c);
    return equivalentFilter(c, taps);
  }

  createPath(): FilterPath {
    return new MultirateFilter(this.taps);
  }
}

/** Σ g[k] lags[|first + k|] */
function throughKernel(lags: Float64Array, first: number): number {
  let sum = 0;
  for (let k = 0; k < LATE_KERNEL.length; k++) sum += LATE_KERNEL[k]! * lags[Math.abs(first + k)]!;
  return sum;
}

/** Of the late coefficients with each other, by how many they are apart. */
function kernelCorrelations(r: Float64Array, late: number): Float64Array {
  return Float64Array.from({ length: late }, (_, apart) => {
    let sum = 0;
    LATE_KERNEL.forEach((g, k) => (sum += g * throughKernel(r, RATE_RATIO * apart - k)));
    return sum + r[0]! * (IMAGES[apart] ?? 0);
  });
}

/** Σ h[n] h[n+lag] */
function selfCorrelation(h: Float64Array, lag: number): number {
  let sum = 0;
  for (let n = 0; n + Math.abs(lag) < h.length; n++) sum += h[n]! * h[n + Math.abs(lag)]!;
  return sum;
}

/**
 * T, by how many late coefficients are apart: the power that white noise leaves through decimation and interpolation, mean
 * over the phases, less what it leaves through the late kernel.
 */
const IMAGES = imagePower();

function imagePower(): Float64Array {
  const reach = Math.floor((SPLINE.length - 1) / RATE_RATIO);
  const decimation = SPLINE.map((v) => v / RATE_RATIO ** 4);
  const interpolation = SPLINE.map((v) => v / RATE_RATIO ** 2);
  return Float64Array.from({ length: 2 * reach + 1 }, (_, apart) => {
    let power = 0;
    for (let lag = -reach; lag <= reach; lag++) {
      power +=
        selfCorrelation(decimation, RATE_RATIO * lag) *
        selfCorrelation(interpolation, RATE_RATIO * (apart - lag));
    }
    return power / RATE_RATIO - selfCorrelation(LATE_KERNEL, RATE_RATIO * apart);
  });
}
