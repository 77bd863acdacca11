/*
 * A sound to hide under another: noise without end, half its power white, half below 150 Hz, where
 * models go wrong. Integer only, in the audio context.
 */
#ifndef ANC_PROBE_H
#define ANC_PROBE_H

#include "dsp/excitation.h"

typedef struct {
    excitation_t white;
    int64_t low_q30;
    int32_t pole_q30, lowGain_q24;
} probe_t;

/* sampleRateHz 8000..192000 */
void probe_init(probe_t *p, uint32_t sampleRateHz);

/* The next sample at this RMS, Q31, saturated. */
int32_t probe_next(probe_t *p, int32_t amplitude_q31);

#endif
