#include "controllers/hann_f32.h"

#include <math.h>

void hann_f32_power(const float *re, const float *im, size_t size, float *power) {
    const size_t half = size / 2;
    const float turn = 3.14159265358979f / (float)size, c = cosf(turn), s = sinf(turn);
    for (size_t k = 0; k <= half; k++) {
        /* beyond both ends lie the conjugates */
        const size_t low = k == 0 ? 1 : k - 1, high = k == half ? half - 1 : k + 1;
        const float lowIm = k == 0 ? -im[low] : im[low], highIm = k == half ? -im[high] : im[high];
        /* the half sample turns the left neighbour one way and the right one the other */
        const float sidesRe = c * (re[low] + re[high]) - s * (lowIm - highIm);
        const float sidesIm = c * (lowIm + highIm) + s * (re[low] - re[high]);
        const float r = 0.5f * re[k] - 0.25f * sidesRe, i = 0.5f * im[k] - 0.25f * sidesIm;
        power[k] = r * r + i * i;
    }
}
