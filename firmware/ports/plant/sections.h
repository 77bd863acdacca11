/* Second-order filters of docs/plant.md, in double precision. */
#ifndef ANC_PLANT_SECTIONS_H
#define ANC_PLANT_SECTIONS_H

#include <stddef.h>

typedef enum {
    SECTION_END,
    LOWPASS,
    HIGHPASS,
    BANDPASS,
    PEAKING,
    LOW_SHELF,
    HIGH_SHELF
} section_kind_t;

typedef struct {
    section_kind_t kind;
    double frequencyHz, q, db;
} section_spec_t;

/* Normalised to a0 = 1; transposed direct form II. */
typedef struct {
    double b0, b1, b2, a1, a2, z1, z2;
} section_t;

section_t section_make(section_spec_t spec, double sampleRateHz);
double section_step(section_t *section, double x);

#endif
