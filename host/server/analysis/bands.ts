/** Third-octave bands 50 Hz to 10 kHz, IEC 61260-1 base-ten: midbands 1000·10^(n/10), edges a factor 10^(1/20) apart. */
export interface Band {
  readonly nominalHz: number;
  readonly lowHz: number;
  readonly highHz: number;
}

const nominal = [
  50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150,
  4000, 5000, 6300, 8000, 10000,
];
const firstIndex = -13;

export const thirdOctaves: readonly Band[] = nominal.map((nominalHz, i) => {
  const midHz = 1000 * 10 ** ((firstIndex + i) / 10);
  return { nominalHz, lowHz: midHz * 10 ** -0.05, highHz: midHz * 10 ** 0.05 };
});

export const octaves: readonly Band[] = [63, 125, 250, 500, 1000, 2000].map((nominalHz) => {
  const midHz = 1000 * 10 ** (Math.round(10 * Math.log10(nominalHz / 1000)) / 10);
  return { nominalHz, lowHz: midHz * 10 ** -0.15, highHz: midHz * 10 ** 0.15 };
});

export const headlineBand: Band = { nominalHz: 0, lowHz: 50, highHz: 1000 };
export const headlineName = '50-1000';

/**
 * Power between two frequencies of a one-sided density (power per hertz, bin k at k·binHz, each standing for the hertz
 * around it), bins at the edges by their share.
 */
export function bandPower(density: Float64Array, binHz: number, lowHz: number, highHz: number) {
  const low = Math.max(0, lowHz / binHz + 0.5);
  const high = Math.min(density.length, highHz / binHz + 0.5);
  const first = Math.floor(low);
  const last = Math.min(density.length - 1, Math.floor(high));
  let sum = 0;
  for (let k = first; k <= last; k += 1) {
    const share = Math.min(k + 1, high) - Math.max(k, low);
    if (share > 0) sum += density[k]! * share;
  }
  return sum * binHz;
}

/** Log-spaced grid of `perOctave` points an octave, for showing a density. */
export function displayGrid(lowHz: number, highHz: number, perOctave: number): number[] {
  const count = Math.floor(Math.log2(highHz / lowHz) * perOctave) + 1;
  return Array.from({ length: count }, (_, i) => lowHz * 2 ** (i / perOctave));
}

/** Mean density around each point of the grid (half a grid step to either side, at least one bin wide). */
export function gridDensity(density: Float64Array, binHz: number, gridHz: readonly number[]) {
  const halfStep = gridHz.length > 1 ? Math.sqrt(gridHz[1]! / gridHz[0]!) : 1;
  return gridHz.map((hz) => {
    const half = Math.max((hz * halfStep - hz / halfStep) / 2, binHz / 2);
    return bandPower(density, binHz, hz - half, hz + half) / (2 * half);
  });
}
