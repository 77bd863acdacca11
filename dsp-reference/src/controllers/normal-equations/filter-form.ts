import { History } from '../../algorithms/history.ts';
import { solveToeplitz } from '../../toeplitz.ts';

/**
 * What the control filter is made of. The design sees only the lags: it gives autocorrelation r and right side p, and gets
 * the filter that solves the normal equations among those that the form can be.
 */
export interface FilterForm {
  /** lags that it reaches over */
  readonly taps: number;
  /** of the last solution: what the audio path takes */
  readonly coefficients: Float64Array;
  /**
   * @param r, p `taps` lags each
   * @param floor smallest prediction error that loaded correlations can have; below it they are none
   * @returns the solution as an FIR of `taps`, null when r is no autocorrelation
   */
  solve(r: Float64Array, p: Float64Array, floor: number): Float64Array | null;
  createPath(): FilterPath;
}

/** The filter in the audio path. */
export interface FilterPath {
  next(reference: number, coefficients: Float64Array): number;
}

/** Every tap is free: a Toeplitz system. */
export class FirForm implements FilterForm {
  readonly taps: number;
  readonly coefficients: Float64Array;

  constructor(taps: number) {
    this.taps = taps;
    this.coefficients = new Float64Array(taps);
  }

  solve(r: Float64Array, p: Float64Array, floor: number): Float64Array | null {
    const filter = solveToeplitz(r, p, floor);
    if (filter) this.coefficients.set(filter);
    return filter;
  }

  createPath(): FilterPath {
    const history = new History(this.taps);
    return {
      next: (reference, coefficients) => {
        history.put(reference);
        return history.dot(coefficients);
      },
    };
  }
}
