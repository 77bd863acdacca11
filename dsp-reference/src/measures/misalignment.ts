/** 20·log10(|w − h| / |h|) in dB: how far weights are from the response they are to find; the shorter one counts as zero beyond its end. */
export function misalignmentDb(weights: ArrayLike<number>, response: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < Math.max(weights.length, response.length); i++) {
    difference += ((weights[i] ?? 0) - (response[i] ?? 0)) ** 2;
    size += (response[i] ?? 0) ** 2;
  }
  return 10 * Math.log10(difference / size);
}
