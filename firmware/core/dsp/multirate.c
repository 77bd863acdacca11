#include "dsp/multirate.h"

#include "dsp/fir.h"
#include "dsp/fixed.h"

enum {
    MASK = ANC_LATE_HISTORY - 1,
    DECIMATED_SHIFT = 24, /* the spline's sum is 2^12, Q27 to Q15 */
    LATE_SHIFT = 13,      /* weights Q28 and samples Q15 make sums in Q43 */
    /* Interpolated by spline / 8, so that rows add up to 64; times 8, for the weights stand for
     * taps: spline / 2^6. Q36 to Q31. */
    OUTPUT_SHIFT = 5,
};

const int16_t anc_spline[ANC_RATE_RATIO * ANC_SPLINE_ROWS] = {
    1,   4,   10,  20,  35,  56,  84, 120, 161, 204, 246, 284, 315, 336, 344, 336,
    315, 284, 246, 204, 161, 120, 84, 56,  35,  20,  10,  4,   1,   0,   0,   0,
};

static void push(anc_multirate_t *m, int16_t sample) {
    m->position = (m->position - 1) & MASK;
    m->decimated_q15[m->position] = sample;
    m->decimated_q15[m->position + ANC_LATE_HISTORY] = sample;
}

/* The end of a period: both sums are whole. */
static void finish(anc_multirate_t *m) {
    for (uint32_t i = ANC_SPLINE_ROWS - 1; i > 0; i--)
        m->late_q30[i] = m->late_q30[i - 1];
    /* |filtering| <= 120 * 2^15 * 2^31 < 2^53 */
    m->late_q30[0] = sat32(shrRound64(m->filtering, LATE_SHIFT));
    /* |decimating| <= 2^12 * 2^27 */
    push(m, sat16(shrRound64(m->decimating, DECIMATED_SHIFT)));
    m->filtering = m->decimating = 0;
}

int64_t anc_multirate_step(anc_multirate_t *m, const int32_t *x_q27, bool odd,
                           const int32_t *weights, size_t count) {
    const uint32_t left = ANC_RATE_RATIO - 1 - m->phase; /* samples until the period ends */
    /* Oldest first: taps 4 left .. 4 left + 3 as the end of the period will see them, of which the
     * sample of tap k is k - left samples old now, 0..24. */
    const uint32_t tap = ANC_SPLINE_ROWS * left;
    for (uint32_t i = tap; i < tap + ANC_SPLINE_ROWS; i++) {
        const int64_t product = mulW(anc_spline[i], x_q27[i - left]);
        const bool negated = odd != ((i - left) % 2 == 1);
        m->decimating = negated ? sub64(m->decimating, product) : add64(m->decimating, product);
    }
    /* The newest decimated sample comes at the end: one less in the history until then. */
    const size_t part = (count + ANC_RATE_RATIO - 1) / ANC_RATE_RATIO;
    const size_t first = part * left;
    const int16_t *decimated = m->decimated_q15 + m->position + ANC_LATE_OFFSET - 1;
    m->filtering = add64(m->filtering, anc_fir_wide(decimated + first, weights + first, part));

    m->phase = left == 0 ? 0 : m->phase + 1;
    if (left == 0) finish(m);
    int64_t sum = 0; /* rows add up to 2^9: <= 2^9 * 2^31 = 2^40 */
    for (uint32_t i = 0; i < ANC_SPLINE_ROWS; i++)
        sum = macQ15W(sum, anc_spline[m->phase + ANC_RATE_RATIO * i], m->late_q30[i]);
    return shrRound64(sum, OUTPUT_SHIFT);
}
