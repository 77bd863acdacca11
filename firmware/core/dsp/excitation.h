/*
 * Test sounds without end, made in integers in the audio context: white noise of a fixed generator,
 * a maximum-length sequence of order 16 (Rife and Vanderkooy, J. AES 37, 1989), or logarithmic
 * sweeps from 20 Hz to 20 kHz, 45 % of the sample rate at most, by ten octaves a second (Farina,
 * AES 108, 2000).
 */
#ifndef ANC_EXCITATION_H
#define ANC_EXCITATION_H

#include <stdint.h>

/* Values of enum `excitation` of the link. */
typedef enum { EXCITATION_WHITE = 0, EXCITATION_MLS = 1, EXCITATION_SWEEP = 2 } excitation_kind_t;

typedef struct {
    excitation_kind_t kind;
    uint32_t state;     /* of the generator or the shift register */
    uint64_t phase_q48; /* of the sweep, turns */
    uint64_t step_q48;  /* turns a sample */
    uint64_t firstStep_q48, lastStep_q48;
    uint64_t growth_q40; /* of the step, a sample */
} excitation_t;

/* sampleRateHz 8000..192000 */
void excitation_init(excitation_t *x, excitation_kind_t kind, uint32_t sampleRateHz);

/* The next sample at RMS 1, magnitude below 1.74, Q30. */
int32_t excitation_next(excitation_t *x);

#endif
