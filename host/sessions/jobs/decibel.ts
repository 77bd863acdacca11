/** Mean square, full scale 1, of a level in dBFS; 0 of none. */
export const powerOf = (db: number | null): number => (db === null ? 0 : 10 ** (db / 10));

/** null of nothing. */
export const dbOf = (power: number): number | null => (power > 0 ? 10 * Math.log10(power) : null);

/** To hundredths, as reports show no more; null stays. */
export const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 100) / 100;

/** For tables of a page. */
export const shown = (value: number | null, digits = 1): string =>
  value === null ? '–' : value.toFixed(digits).replace(/^-(0(?:\.0*)?)$/, '$1');
