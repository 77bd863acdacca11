/*
 * The Hann window 0.5 - 0.5 cos(2 pi (n + 0.5) / size), applied to a spectrum: there it is three
 * values wide, and needs no table and no transform of its own.
 */
#ifndef CONTROLLERS_HANN_F32_H
#define CONTROLLERS_HANN_F32_H

#include <stddef.h>

/* power[0..size / 2] of the windowed signal from the bins 0..size / 2 of the bare one. */
void hann_f32_power(const float *re, const float *im, size_t size, float *power);

#endif
