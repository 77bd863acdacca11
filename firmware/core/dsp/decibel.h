/* Decibels to linear values without floating point. */
#ifndef ANC_DECIBEL_H
#define ANC_DECIBEL_H

#include <stdint.h>

/*
 * round(10^(tenths/200) * 2^fractionBits) within 1 part in 2^28, saturated to int32. tenths
 * -1000..200 (-100..+20 dB), fractionBits 0..31.
 */
int32_t anc_amplitude_from_decibel(int32_t tenths, int32_t fractionBits);

#endif
