/* The secondary-path model in the form of the inner loops. */
#ifndef ANC_KERNEL_H
#define ANC_KERNEL_H

#include "dsp/engine.h"

/* Whether delay, length and exponent are in range. */
bool anc_secondary_valid(const anc_secondary_model_t *m);

/* The model itself, its mantissas brought to 15 bits. */
void anc_kernel_from_model(anc_kernel_t *k, const anc_secondary_model_t *m);

/* The model followed by the pre-emphasis of the update path. */
void anc_kernel_emphasised(anc_kernel_t *k, const anc_secondary_model_t *m);

/*
 * The exponent of 16-bit samples filtered by k: value = sample * 2^(exponent - 15). A full-scale
 * input can exceed the range only by what the kernel's frequency response is above a quarter of the
 * sum of its magnitudes; that saturates.
 */
int32_t anc_kernel_output_exponent(const anc_kernel_t *k);

#endif
