/**
 * w of Σ_j r[|i−j|] w[j] = p[i]: Levinson's recursion, O(n²).
 * @param r first column of the matrix, at least as long as p
 * @param floor what every prediction error is at least when r was loaded by it and the rest is positive semidefinite
 * @returns null when a prediction error is below the floor: r is no autocorrelation
 */
export function solveToeplitz(r: Float64Array, p: Float64Array, floor = 0): Float64Array | null {
  const n = p.length;
  const w = new Float64Array(n);
  /** forward[i] weighs lag i + 1, with the sign that whitens; the backward predictor begins one place earlier each order. */
  const forward = new Float64Array(n);
  const backward = new Float64Array(n + 1);
  // lags backwards, so that every loop runs forwards
  const lags = r.slice(0, n).reverse();
  let power = r[0]!;
  for (let order = 0; order < n; order++) {
    if (!(power > floor)) return null;
    const [filtered, predicted] = products(w, forward, lags, n - 1 - order, order);
    const gain = (p[order]! - filtered) / power;
    const reflection = order + 1 < n ? -(r[order + 1]! + predicted) / power : 0;
    const from = n - order;
    for (let i = 0; i < order; i++) {
      const a = forward[i]!;
      const b = backward[from + i]!;
      w[i]! += gain * b;
      forward[i] = a + reflection * b;
      backward[from + i] = b + reflection * a;
    }
    w[order] = gain;
    forward[order] = reflection;
    backward[from - 1] = reflection;
    power *= 1 - reflection ** 2;
  }
  return w;
}

/** Σ w[i] r[from + i] and Σ a[i] r[from + i]; two sums each, because one would wait for each addition. */
function products(
  w: Float64Array,
  a: Float64Array,
  r: Float64Array,
  from: number,
  n: number,
): [number, number] {
  let [w0, w1, a0, a1] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const r0 = r[from + i]!;
    const r1 = r[from + i + 1]!;
    w0 += w[i]! * r0;
    w1 += w[i + 1]! * r1;
    a0 += a[i]! * r0;
    a1 += a[i + 1]! * r1;
  }
  if (i < n) {
    w0 += w[i]! * r[from + i]!;
    a0 += a[i]! * r[from + i]!;
  }
  return [w0 + w1, a0 + a1];
}
