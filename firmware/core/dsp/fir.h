/* Dot products over straight runs of a mirrored history: the newest sample meets the first
 * coefficient. */
#ifndef ANC_FIR_H
#define ANC_FIR_H

#include <stddef.h>
#include <stdint.h>

/* 16-bit samples with 32-bit weights. n <= 1024, so |result| <= 2^10 * 2^15 * 2^31 = 2^56. */
int64_t anc_fir_wide(const int16_t *x, const int32_t *w, size_t n);

/* 16-bit samples with 16-bit coefficients. n <= 1024, so |result| <= 2^10 * 2^15 * 2^15 = 2^40. */
int64_t anc_fir_16(const int16_t *x, const int16_t *h, size_t n);

#endif
