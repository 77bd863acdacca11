/** First element of a row in the packed lower triangle. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

/**
 * x of A x = b by Cholesky's factorisation, in place: A becomes its factor, b the solution.
 * @param a lower triangle, row by row
 * @param floor what every pivot is above when A is positive definite and was loaded by more
 * @returns false when a pivot is not
 */
export function solvePositive(a: Float64Array, b: Float64Array, floor: number): boolean {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    const row = rowStart(i);
    for (let j = 0; j < i; j++) {
      const other = rowStart(j);
      a[row + j] = (a[row + j]! - dot(a, row, other, j)) / a[other + j]!;
    }
    const pivot = a[row + i]! - dot(a, row, row, i);
    if (!(pivot > floor)) return false;
    a[row + i] = Math.sqrt(pivot);
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[row + k]! * b[k]!;
    b[i] = sum / a[row + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = rowStart(i);
    b[i]! /= a[row + i]!;
    for (let k = 0; k < i; k++) b[k]! -= a[row + k]! * b[i]!;
  }
  return true;
}

function dot(a: Float64Array, first: number, second: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[first + k]! * a[second + k]!;
  return sum;
}
