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
    let error = p[order]!;
    for (let i = 0; i < order; i++) error -= w[i]! * r[order - i]!;
    const gain = error / power;
    for (let i = 0; i < order; i++) w[i]! += gain * predictor[order - 1 - i]!;
    w[order] = gain;
    if (order + 1 === n) break;
    power *= 1 - raiseOrder(predictor, r, order, power) ** 2;
  }
  return w;
}

/** The predictor for the next order, in place from both ends. Returns the reflection coefficient. */
function raiseOrder(
  predictor: Float64Array,
  r: Float64Array,
  order: number,
  power: number,
): number {
  let reflection = -r[order + 1]!;
  for (let i = 0; i < order; i++) reflection -= predictor[i]! * r[order - i]!;
  reflection /= power;
  for (let i = 0, j = order - 1; i <= j; i++, j--) {
    const a = predictor[i]!;
    const b = predictor[j]!;
    predictor[i] = a + reflection * b;
    predictor[j] = b + reflection * a;
  }
  predictor[order] = reflection;
  return reflection;
}
