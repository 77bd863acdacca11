/** Of the levels in octaves (IEC 61260-1). */
export const octaveCentresHz = [63, 125, 250, 500, 1000, 2000, 4000, 8000] as const;
