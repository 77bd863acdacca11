/*
 * The sections of sections.h in integers, for chips without floating point.
 *
 * Signals are Q27: full scale is 1, 24 dB of room above it, 162 dB below it. Coefficients are Q28.
 * Direct form I with the remainder of each output added to the next one, so that the rounding of a
 * section with poles near 1 does not pile up at low frequencies.
 */
#ifndef ANC_PLANT_FIXED_SECTION_H
#define ANC_PLANT_FIXED_SECTION_H

#include <stdint.h>

#include "sections.h"

enum { FIXED_SIGNAL_BITS = 27, FIXED_COEFFICIENT_BITS = 28 };

typedef struct {
    int32_t b0, b1, b2, a1, a2; /* Q28, within +-8 */
    int32_t x1, x2, y1, y2;     /* Q27 */
    int32_t remainder;          /* Q55 */
} fixed_section_t;

/* Of a section at rest. */
fixed_section_t fixed_section(const section_t *section);

/* |x| and |y| below 4: then |sum| < 5 * 8 * 4 < 2^8 of Q55 holds in 64 bits. */
static inline int32_t fixed_section_step(fixed_section_t *s, int32_t x) {
    int64_t sum = s->remainder;
    sum += (int64_t)s->b0 * x + (int64_t)s->b1 * s->x1 + (int64_t)s->b2 * s->x2;
    sum -= (int64_t)s->a1 * s->y1 + (int64_t)s->a2 * s->y2;
    const int32_t y = (int32_t)(sum >> FIXED_COEFFICIENT_BITS);
    s->remainder = (int32_t)(sum & ((1 << FIXED_COEFFICIENT_BITS) - 1));
    s->x2 = s->x1;
    s->x1 = x;
    s->y2 = s->y1;
    s->y1 = y;
    return y;
}

/* Through `count` sections in a row. */
static inline int32_t fixed_sections_step(fixed_section_t *sections, int count, int32_t x) {
    for (int i = 0; i < count; i++)
        x = fixed_section_step(&sections[i], x);
    return x;
}

/* value in Q`bits`, rounded; it must fit. */
int32_t fixed_from(double value, int bits);

/* value * gain, the gain in Q`bits`. */
static inline int32_t fixed_scale(int32_t value, int32_t gain, int bits) {
    return (int32_t)(((int64_t)value * gain + ((int64_t)1 << (bits - 1))) >> bits);
}

#endif
