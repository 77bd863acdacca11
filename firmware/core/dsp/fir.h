/* A dot product over straight runs of a mirrored history: the newest sample meets the first
 * coefficient. */
#ifndef ANC_FIR_H
#define ANC_FIR_H

#include <stddef.h>
#include <stdint.h>

/* 16-bit samples with 32-bit weights. n <= 1024, so |result| <= 2^10 * 2^15 * 2^31 = 2^56. */
int64_t anc_fir_wide(const int16_t *x, const int32_t *w, size_t n);

#endif
