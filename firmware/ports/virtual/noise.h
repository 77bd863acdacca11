/* What the source plays: a generator of docs/plant.md or a recording, looped. */
#ifndef ANC_VIRTUAL_NOISE_H
#define ANC_VIRTUAL_NOISE_H

#include <stddef.h>
#include <stdint.h>

typedef struct noise noise_t;

/* name: cabin, engine, train, pink, white, sine:HZ or a WAV file. Ends the program with a NOISE_ or
 * WAV_ error on anything wrong. */
noise_t *noise_open(const char *name, double levelDb, uint32_t seed);

/* The next sample, at 48 kHz, scaled to the level. */
double noise_next(noise_t *noise);

/* mulberry32 */
typedef struct {
    uint32_t state;
} noise_random_t;

double noise_uniform(noise_random_t *random); /* 0..1 */
double noise_white(noise_random_t *random);   /* uniform, RMS 1 */

/* A recording as 48 kHz mono of RMS 1 that loops without a click; *length gets its samples. */
float *noise_recording(const char *file, size_t *length);

#endif
