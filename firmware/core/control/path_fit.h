/*
 * The paths from the loudspeaker to both microphones, fitted by least squares. What the error
 * microphone e hears is taken as h * y + g * x + rest: y is what is played, x the reference
 * microphone, through which the surrounding noise is predicted and taken out, `advance` samples
 * early because x may lag. h and g are fitted in turns, each by Levinson's recursion, from running
 * correlations: no recording is kept.
 * Judged are they on sound that comes later: how much of e they leave, and in which octaves.
 * dsp-reference/src/identification/fit.ts is the same in float64 on a whole recording.
 *
 * Control context only, single precision. Every call is bounded: four transforms of `size`, or one
 * recursion with a convolution of taps * noiseTaps.
 */
#ifndef CONTROL_PATH_FIT_H
#define CONTROL_PATH_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "control/arena.h"
#include "control/fft.h"

enum {
    PATH_ADVANCE = 64,
    PATH_OCTAVES = 8, /* 63 Hz to 8 kHz */
};

/* Correlations reach from -reach to reach; a block of them needs that much on both sides. */
typedef struct {
    size_t taps, noiseTaps, reach, block, size;
} path_layout_t;

/* What was heard of the judged sound, mean squares summed. */
typedef struct {
    float heard, left; /* error microphone without the predicted noise; that without h * y, too */
    float signal[PATH_OCTAVES], rest[PATH_OCTAVES];
    uint32_t blocks;
} path_quality_t;

typedef enum { PATH_SOLVING, PATH_SOLVED, PATH_UNSOLVABLE } path_state_t;

/* Only the functions below touch the fields, but for the fitted paths and the quality, which may be
 * read. */
typedef struct {
    path_layout_t layout;
    float *secondary, *feedback; /* layout.taps each, delay included */
    path_quality_t quality;

    const float *cosine, *sine;
    float *played, *reference, *error; /* the last `size` samples */
    /* correlations as transforms, then as lags: (x + je) with x and with y, y with itself */
    complex_t withReference, withPlayed, ofPlayed;
    complex_t a, b; /* scratch */
    float *noise;   /* g */
    float sampleRateHz, loading;
    uint32_t step; /* of solving */
    bool isFirst;  /* no context yet */
} path_fit_t;

/* Room for paths of `taps`: reach is a power of two, taps + PATH_ADVANCE at least. */
path_layout_t path_layout(size_t taps, size_t reach);

/* Lays everything out in the arena; with no memory it only counts. */
void path_fit_init(path_fit_t *f, path_layout_t layout, float sampleRateHz, arena_t *arena);

/* Starts again from nothing. */
void path_fit_clear(path_fit_t *f);

/* The next layout.block samples of everything; forgets nothing. */
void path_fit_add(path_fit_t *f, const float *played, const float *reference, const float *error);

/* One step of solving, to be called until it is no longer PATH_SOLVING. No more can be added. */
path_state_t path_fit_solve(path_fit_t *f);

/* The next layout.block samples of later sound; a gap before the first is all right. */
void path_fit_judge(path_fit_t *f, const float *played, const float *reference, const float *error);

/* Energy of the last `size` samples of the reference behind a path of layout.taps. */
float path_fit_heard(path_fit_t *f, const float *path);

#endif
