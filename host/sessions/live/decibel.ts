/** Of a mean square, full scale 1; null for silence. */
export function decibel(meanSquare: number): number | null {
  return meanSquare > 1e-12 ? Math.round(100 * 10 * Math.log10(meanSquare)) / 100 : null;
}
