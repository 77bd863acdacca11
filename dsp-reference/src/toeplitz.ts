/**
 * w of Σ_j r[|i−j|] w[j] = p[i]: Levinson's recursion, O(n²).
 * @param r first column of the matrix, at least as long as p
 * @param floor what every prediction error is at least when r was loaded by it and the rest is positive semidefinite
 * @returns null when a prediction error is below the floor: r is no autocorrelation
 */
export function solveToeplitz(r: Float64Array, p: Float64Array, floor = 0): Float64Array | null {
  const n = p.length;
  const w = new Float64Array(n);
  /** predictor[i] weighs lag i + 1, with the sign that whitens. */
  const predictor = new Float64Array(n);
  let power = r[0]!;
  for (let order = 0; order < n; order++) {
    if (!(power > floor)) return null;
    const gain = (p[order]! - dotReversed(w, r, order)) / power;
    for (let i = 0, j = order - 1; i < order; i++, j--) w[i]! += gain * predictor[j]!;
    w[order] = gain;
    if (order + 1 === n) break;
    const reflection = -(r[order + 1]! + dotReversed(predictor, r, order)) / power;
    raiseOrder(predictor, reflection, order);
    power *= 1 - reflection ** 2;
  }
  return w;
}

/** Σ a[i] r[order − i], i < order; four sums, because one would wait for each addition. */
function dotReversed(a: Float64Array, r: Float64Array, order: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (let j = order; j >= 4; i += 4, j -= 4) {
    s0 += a[i]! * r[j]!;
    s1 += a[i + 1]! * r[j - 1]!;
    s2 += a[i + 2]! * r[j - 2]!;
    s3 += a[i + 3]! * r[j - 3]!;
  }
  for (; i < order; i++) s0 += a[i]! * r[order - i]!;
  return s0 + s1 + (s2 + s3);
}

/** The predictor for the next order, in place from both ends. */
function raiseOrder(predictor: Float64Array, reflection: number, order: number): void {
  for (let i = 0, j = order - 1; i <= j; i++, j--) {
    const a = predictor[i]!;
    const b = predictor[j]!;
    predictor[i] = a + reflection * b;
    predictor[j] = b + reflection * a;
  }
  predictor[order] = reflection;
}
