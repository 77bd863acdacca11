/* Complex Fourier transform of a power of two, in place, float. */
#ifndef CONTROL_FFT_H
#define CONTROL_FFT_H

#include <stddef.h>

typedef struct {
    float *re, *im;
} complex_t;

/* Fills cosine and sine, size / 2 values each, for transforms of `size` and shorter. */
void fft_tables(float *cosine, float *sine, size_t size);

/* Forward, e^(-j 2 pi k n / size), unscaled. The tables are those of tableSize >= size. */
void fft_forward(complex_t z, size_t size, const float *cosine, const float *sine,
                 size_t tableSize);

/* Inverse, scaled by 1 / size. */
void fft_inverse(complex_t z, size_t size, const float *cosine, const float *sine,
                 size_t tableSize);

#endif
