/* What the reference microphone hears alone: wind, and knocks on the cup. docs/virtual-headset.md
 */
#ifndef ANC_VIRTUAL_MICROPHONE_H
#define ANC_VIRTUAL_MICROPHONE_H

#include <stdint.h>

#include "noise.h"
#include "sections.h"

enum { MICROPHONE_SECTIONS = 2 };

typedef struct {
    noise_random_t random;
    section_t wind[MICROPHONE_SECTIONS];
    double windGain;
    uint64_t windSamples;
    unsigned knockAge, knockGap; /* samples since the last one, and until the next */
} microphone_t;

void microphone_init(microphone_t *m, uint32_t seed);

/* The next sample of turbulence, RMS 1 over many gusts. */
double microphone_wind(microphone_t *m);

/* The next sample of knocks, peak 1. */
double microphone_knock(microphone_t *m);

#endif
