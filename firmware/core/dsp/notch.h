/*
 * Notches in the output, against howling: H = (1 + A) / 2 with A a second-order all-pass whose
 * phase is 180 degrees at the notch (Regalia, Mitra and Vaidyanathan, Proc. IEEE 76(1), 1988).
 *
 *   k1 = -cos w0,   k2 = (1 - tan(b/2)) / (1 + tan(b/2)),   w0 frequency, b 3 dB width in
 * rad/sample
 *
 * A is a normalised lattice (Gray and Markel, IEEE TASSP 23(3), 1975): two rotations, so it keeps
 * energy. Coefficients are Q20 with k^2 + c^2 <= 1, results are truncated towards zero: what is
 * stored can only lose energy, so nothing oscillates without input, however small (Gray, IEEE TASSP
 * 28, 1980). Q26 leaves the states 30 dB above full scale: a tone at the notch raises them by
 * sqrt((1 + k2) / (1 - k2)), which is that for a width of 15 Hz at 48 kHz; what is narrower
 * saturates, and loses energy again.
 */
#ifndef ANC_NOTCH_H
#define ANC_NOTCH_H

#include <stdbool.h>
#include <stdint.h>

enum { ANC_NOTCHES = 4, ANC_NOTCH_ONE_Q20 = 1 << 20 };

typedef struct {
    int32_t inner_q26, outer_q26;
} anc_notch_state_t;

typedef struct {
    int32_t k1_q20, c1_q20, k2_q20, c2_q20; /* c = sqrt(1 - k^2), rounded down */
    bool on;
    int32_t gain_q15; /* 0..2^15: how much of it is in; moves by 2^6 a sample */
    anc_notch_state_t output, update;
} anc_notch_t;

/* Fades it in with other coefficients, magnitudes up to ANC_NOTCH_ONE_Q20. */
void anc_notch_set(anc_notch_t *n, int32_t k1_q20, int32_t k2_q20);

/* Fades it out. */
void anc_notch_release(anc_notch_t *n);

/* Whether none is in: samples pass as they are, nothing need be called. */
static inline bool anc_notches_idle(const anc_notch_t *notches) {
    int32_t in = 0;
    for (int i = 0; i < ANC_NOTCHES; i++)
        in |= notches[i].gain_q15 | notches[i].on;
    return in == 0;
}

/* Through all of them, once a sample. */
int32_t anc_notches_output(anc_notch_t *notches, int32_t sample_q31);

/* The filtered reference of the update goes the same way: to the filter that learns, notches are a
 * part of the secondary path. Without them it would push ever harder against what they take away.
 */
int16_t anc_notches_update(anc_notch_t *notches, int16_t sample);

/* Forgets what has gone through the update's notches. */
void anc_notches_restart_update(anc_notch_t *notches);

#endif
