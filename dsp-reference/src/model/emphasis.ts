/** The pre-emphasis of the update path, 1 - 0.9 z^-1, as in firmware/core/dsp/emphasis.h. */
export const EMPHASIS_1_Q15 = -29491;
