/*
 * The pre-emphasis of the update path, 1 - 0.9 z^-1, applied to the filtered reference (folded into
 * its kernel) and to the error that enters the gain: FxNLMS then minimises the emphasised error.
 */
#ifndef ANC_EMPHASIS_H
#define ANC_EMPHASIS_H

enum {
    ANC_EMPHASIS_TAPS = 2,
    ANC_EMPHASIS_1_Q15 = -29491, /* -0.9 */
};

#endif
