#include "fixed_section.h"

#include <math.h>

int32_t fixed_from(double value, int bits) {
    return (int32_t)lrint(ldexp(value, bits));
}

fixed_section_t fixed_section(const section_t *s) {
    return (fixed_section_t){
        .b0 = fixed_from(s->b0, FIXED_COEFFICIENT_BITS),
        .b1 = fixed_from(s->b1, FIXED_COEFFICIENT_BITS),
        .b2 = fixed_from(s->b2, FIXED_COEFFICIENT_BITS),
        .a1 = fixed_from(s->a1, FIXED_COEFFICIENT_BITS),
        .a2 = fixed_from(s->a2, FIXED_COEFFICIENT_BITS),
    };
}
