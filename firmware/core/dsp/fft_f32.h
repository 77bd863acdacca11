/*
 * Fourier transform of real signals in single precision. Radix 4, Stockham's self-sorting order,
 * real and imaginary parts apart, so that the inner loops are vectors. No C library: twiddles come
 * from a polynomial.
 */
#ifndef ANC_FFT_F32_H
#define ANC_FFT_F32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FFT_F32_MIN = 32, FFT_F32_MAX = 8192 };

typedef struct {
    uint32_t size;   /* of the real signal */
    float *twiddles; /* of the complex stages, then of the split; owned by the caller's memory */
    float *split;
    float *scratch; /* 2 * size */
} fft_f32_t;

/* Bytes of memory for real transforms of this size. */
size_t fft_f32_bytes(uint32_t size);

/* size is a power of two, 32..8192; false otherwise. `memory` is aligned for float. */
bool fft_f32_init(fft_f32_t *f, uint32_t size, void *memory);

/* re and im get size / 2 + 1 bins, unscaled, e^(-j 2 pi k n / size). */
void fft_f32_forward(const fft_f32_t *f, const float *signal, float *re, float *im);

/* The inverse, scaled by 1 / size; re and im are left as they are. */
void fft_f32_inverse(const fft_f32_t *f, const float *re, const float *im, float *signal);

#endif
