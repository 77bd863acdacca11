export interface Slope {
  /** of y for one of x */
  readonly slope: number;
  /** standard error of the slope, for points that scatter independently */
  readonly error: number;
  readonly mean: number;
}

/** Least squares. @throws RangeError of fewer than three points */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const n = points.length;
  if (n < 3) throw new RangeError(`${n} points have no slope: three are needed`);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let [xx, xy] = [0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - mean);
  }
  const slope = xy / xx;
  const rest = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (n - 2) / xx), mean };
}
