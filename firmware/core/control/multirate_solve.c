#include "control/multirate_solve.h"

#include <string.h>

#include "control/cholesky.h"

enum {
    RATIO = ANC_RATE_RATIO,
    DIRECT = ANC_DIRECT_TAPS,
    KERNEL = 2 * ANC_SPLINE_TAPS - 1, /* eight boxes of eight samples */
    BOXES = 8,
    SPLINE_REACH =
        (ANC_SPLINE_TAPS - 1) / RATIO, /* low-rate lags over which a spline has a product */
    IMAGE_LAGS = 2 * SPLINE_REACH + 1,
};

size_t multirate_floats(size_t taps) {
    return cholesky_row(DIRECT + anc_late_count(taps));
}

/* The lag at which the kernel of late coefficient j begins. */
static size_t late_lag(size_t j) {
    return RATIO * (ANC_LATE_OFFSET + j);
}

/* Response of a late coefficient, sum 8. All values before the division are below 2^24: exact. */
static void make_kernel(float *g) {
    memset(g, 0, KERNEL * sizeof *g);
    g[0] = 1;
    for (size_t box = 0; box < BOXES; box++) {
        for (size_t i = KERNEL; i-- > 0;)
            for (size_t k = 1; k < RATIO && k <= i; k++)
                g[i] += g[i - k];
    }
    for (size_t i = 0; i < KERNEL; i++)
        g[i] /= (float)(1 << 21); /* 8^7 */
}

/* sum of g[k] * lags[|first + k|] */
static float through_kernel(const float *g, const float *lags, ptrdiff_t first) {
    float sum = 0;
    for (ptrdiff_t k = 0; k < KERNEL; k++) {
        const ptrdiff_t lag = first + k;
        sum += g[k] * lags[lag < 0 ? -lag : lag];
    }
    return sum;
}

static double self_correlation(size_t lag) {
    double sum = 0;
    for (size_t n = 0; n + lag < ANC_SPLINE_TAPS; n++)
        sum += (double)anc_spline[n] * anc_spline[n + lag];
    return sum;
}

/* T by how many late coefficients are apart: what white noise leaves through decimation (spline /
 * 2^12) and interpolation (spline / 2^6), mean over the phases, less what it leaves through the
 * kernel. In double: they nearly cancel. */
static void make_images(const float *g, float *images) {
    for (ptrdiff_t apart = 0; apart < IMAGE_LAGS; apart++) {
        double power = 0;
        for (ptrdiff_t lag = -SPLINE_REACH; lag <= SPLINE_REACH; lag++) {
            const ptrdiff_t rest = apart - lag;
            power += self_correlation((size_t)(RATIO * (lag < 0 ? -lag : lag))) *
                     self_correlation((size_t)(RATIO * (rest < 0 ? -rest : rest)));
        }
        power /= (double)RATIO * 4096 * 4096 * 64 * 64;
        for (size_t n = 0; n + RATIO * (size_t)apart < KERNEL; n++)
            power -= (double)g[n] * (double)g[n + RATIO * (size_t)apart];
        images[apart] = (float)power;
    }
}

/* Of the late coefficients with each other, by how many they are apart. */
static void correlate_kernels(const float *g, const float *r, float *out, size_t late) {
    float images[IMAGE_LAGS];
    make_images(g, images);
    for (size_t apart = 0; apart < late; apart++) {
        float sum = apart < IMAGE_LAGS ? r[0] * images[apart] : 0;
        for (size_t k = 0; k < KERNEL; k++)
            sum += g[k] * through_kernel(g, r, (ptrdiff_t)(RATIO * apart) - (ptrdiff_t)k);
        out[apart] = sum;
    }
}

static void fill(float *matrix, const float *g, const float *r, const float *kernels, size_t late) {
    for (size_t i = 0; i < DIRECT; i++) {
        for (size_t j = 0; j <= i; j++)
            matrix[cholesky_row(i) + j] = r[i - j];
    }
    for (size_t j = 0; j < late; j++) {
        float *row = matrix + cholesky_row(DIRECT + j);
        for (size_t i = 0; i < DIRECT; i++) {
            /* it depends on 8 j - i alone */
            row[i] = j > 0 && i >= RATIO
                         ? matrix[cholesky_row(DIRECT + j - 1) + i - RATIO]
                         : through_kernel(g, r, (ptrdiff_t)late_lag(j) - (ptrdiff_t)i);
        }
        for (size_t i = 0; i <= j; i++)
            row[DIRECT + i] = kernels[j - i];
    }
}

bool multirate_solve(const multirate_system_t *m, const float *r, const float *p, float *filter,
                     size_t taps, float floor) {
    const size_t late = anc_late_count(taps);
    float g[KERNEL], *c = m->coefficients;
    make_kernel(g);
    correlate_kernels(g, r, filter, late); /* the filter is free until the end */
    fill(m->matrix, g, r, filter, late);
    memcpy(c, p, DIRECT * sizeof *c);
    for (size_t j = 0; j < late; j++)
        c[DIRECT + j] = through_kernel(g, p, (ptrdiff_t)late_lag(j));
    if (!cholesky_solve(m->matrix, c, DIRECT + late, floor)) return false;
    memset(filter, 0, taps * sizeof *filter);
    memcpy(filter, c, DIRECT * sizeof *filter);
    for (size_t j = 0; j < late; j++) {
        for (size_t k = 0; k < KERNEL; k++)
            filter[late_lag(j) + k] += c[DIRECT + j] * g[k];
    }
    return true;
}
