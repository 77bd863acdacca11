/*
 * A model of the secondary path that is learned from a probe v beside the control: f = e - s * v,
 *     s = s + mu_s f' v' / |v'|^2,   mu_s = rho mu_min + (1 - rho) mu_max,   rho = P_f / P_e
 * the share of what is heard that is not the probe. (Akhtar, Abe and Kawamata, IEEE Trans. Audio
 * Speech Lang. Process. 14(2), 2006.) The probe has the inverse of the pre-emphasis, so that v' is
 * white and v lies under usual noise.
 */
#ifndef CONTROLLERS_PROBE_MODEL_H
#define CONTROLLERS_PROBE_MODEL_H

#include "controllers/control_filter.h"

/* A model of the wrong sign makes rho 1, and mu_min slow. */
typedef enum {
    PROBE_MODEL_STILL,  /* learns nothing */
    PROBE_MODEL_STEADY, /* by rho */
    PROBE_MODEL_FAST,   /* with mu_max */
} probe_model_pace_t;

typedef struct {
    size_t length, padded;
    float *taps; /* s, newest first, zeros from length to padded */
    history_f32_t probes, whiteProbes;
    window_energy_t energy;
    emphasis_f32_t emphasis;
    uint32_t random;
    float probe;
    double smoothing, powerF, powerE;
} probe_model_t;

/* A model of that many taps, zeros. */
void probe_model_lay_out(probe_model_t *m, size_t length, float sampleRateHz, uint32_t seed,
                         arena_t *arena);

/* The next sample of the probe. @param rms of its white part */
float probe_model_next(probe_model_t *m, float rms);

/* Learns from the error; returns f, the error without the probe. */
float probe_model_learn(probe_model_t *m, float error, probe_model_pace_t pace);

/* Power at the error microphone of a probe of RMS 1 in its white part. */
double probe_model_gain(const probe_model_t *m);

/* Forgets the path and what was heard, not the random numbers. */
void probe_model_clear(probe_model_t *m);

#endif
