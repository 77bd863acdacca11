#include "control/fft.h"

#include <math.h>

void fft_tables(float *cosine, float *sine, size_t size) {
    const double step = 2 * 3.14159265358979323846 / (double)size;
    for (size_t i = 0; i < size / 2; i++) {
        cosine[i] = (float)cos(step * (double)i);
        sine[i] = (float)-sin(step * (double)i);
    }
}

static void swap(float *a, float *b) {
    const float v = *a;
    *a = *b;
    *b = v;
}

static void reverse_bits(complex_t z, size_t size) {
    for (size_t i = 1, j = 0; i < size; i++) {
        size_t bit = size >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        swap(&z.re[i], &z.re[j]);
        swap(&z.im[i], &z.im[j]);
    }
}

void fft_forward(complex_t z, size_t size, const float *cosine, const float *sine,
                 size_t tableSize) {
    reverse_bits(z, size);
    for (size_t half = 1; half < size; half *= 2) {
        const size_t stride = tableSize / (2 * half);
        for (size_t start = 0; start < size; start += 2 * half) {
            for (size_t k = 0; k < half; k++) {
                const float c = cosine[k * stride], s = sine[k * stride];
                const size_t p = start + k, q = p + half;
                const float r = z.re[q] * c - z.im[q] * s;
                const float m = z.re[q] * s + z.im[q] * c;
                z.re[q] = z.re[p] - r;
                z.im[q] = z.im[p] - m;
                z.re[p] += r;
                z.im[p] += m;
            }
        }
    }
}

void fft_inverse(complex_t z, size_t size, const float *cosine, const float *sine,
                 size_t tableSize) {
    /* swapping the parts conjugates before and after */
    fft_forward((complex_t){z.im, z.re}, size, cosine, sine, tableSize);
    const float scale = 1.0f / (float)size;
    for (size_t i = 0; i < size; i++) {
        z.re[i] *= scale;
        z.im[i] *= scale;
    }
}
