#include "sections.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

section_t section_make(section_spec_t spec, double sampleRateHz) {
    const double w = 2 * PI * spec.frequencyHz / sampleRateHz, c = cos(w);
    const double alpha = sin(w) / (2 * spec.q), A = pow(10, spec.db / 40), r = 2 * sqrt(A) * alpha;
    double b0 = 0, b1 = 0, b2 = 0, a0 = 1 + alpha, a1 = -2 * c, a2 = 1 - alpha;
    switch (spec.kind) {
    case LOWPASS:
        b0 = b2 = (1 - c) / 2;
        b1 = 1 - c;
        break;
    case HIGHPASS:
        b0 = b2 = (1 + c) / 2;
        b1 = -(1 + c);
        break;
    case BANDPASS:
        b0 = alpha;
        b2 = -alpha;
        break;
    case PEAKING:
        b0 = 1 + alpha * A;
        b1 = -2 * c;
        b2 = 1 - alpha * A;
        a0 = 1 + alpha / A;
        a2 = 1 - alpha / A;
        break;
    case LOW_SHELF:
        b0 = A * (A + 1 - (A - 1) * c + r);
        b1 = 2 * A * (A - 1 - (A + 1) * c);
        b2 = A * (A + 1 - (A - 1) * c - r);
        a0 = A + 1 + (A - 1) * c + r;
        a1 = -2 * (A - 1 + (A + 1) * c);
        a2 = A + 1 + (A - 1) * c - r;
        break;
    case HIGH_SHELF:
        b0 = A * (A + 1 + (A - 1) * c + r);
        b1 = -2 * A * (A - 1 + (A + 1) * c);
        b2 = A * (A + 1 + (A - 1) * c - r);
        a0 = A + 1 - (A - 1) * c + r;
        a1 = 2 * (A - 1 - (A + 1) * c);
        a2 = A + 1 - (A - 1) * c - r;
        break;
    case SECTION_END:
        b0 = a0 = 1;
        a1 = a2 = 0;
        break;
    }
    return (section_t){.b0 = b0 / a0, .b1 = b1 / a0, .b2 = b2 / a0, .a1 = a1 / a0, .a2 = a2 / a0};
}

double section_step(section_t *s, double x) {
    const double y = s->b0 * x + s->z1;
    s->z1 = s->b1 * x - s->a1 * y + s->z2;
    s->z2 = s->b2 * x - s->a2 * y;
    return y;
}
