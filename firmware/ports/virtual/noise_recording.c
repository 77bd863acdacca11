#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fail.h"
#include "noise.h"

enum { RATE = 48000, FADE_SAMPLES = 2400, MIN_SAMPLES = 4 * FADE_SAMPLES };

/* What the header of a WAV file promises against what is there: libsndfile reads a cut-off file
 * without a word. */
static void check_length(const char *file) {
    FILE *f = fopen(file, "rb");
    if (!f)
        fail(EXIT_BAD_INPUT, "WAV_UNREADABLE",
             "Give a WAV file, or cabin, engine, train, pink, white or sine:HZ.",
             "the noise '%s' cannot be read: %s", file, strerror(errno));
    unsigned char head[8];
    struct stat status;
    long at = 12;
    const int known =
        fstat(fileno(f), &status) == 0 && fread(head, 1, 4, f) == 4 && memcmp(head, "RIFF", 4) == 0;
    while (known && fseek(f, at, SEEK_SET) == 0 && fread(head, 1, 8, f) == 8) {
        const unsigned long n = head[4] | (unsigned long)head[5] << 8 |
                                (unsigned long)head[6] << 16 | (unsigned long)head[7] << 24;
        if (memcmp(head, "data", 4) == 0) {
            const unsigned long there = (unsigned long)(status.st_size - at - 8);
            if (n != 0xffffffffUL && n > there)
                fail(EXIT_BAD_INPUT, "WAV_TRUNCATED", "The file is cut off; copy it again.",
                     "%s: %lu bytes of sound where the header says %lu", file, there, n);
            break;
        }
        at += 8 + (long)(n + (n & 1));
    }
    fclose(f);
}

static float *read_mono(const char *file, sf_count_t *frames, int *rate) {
    SF_INFO info = {0};
    SNDFILE *sound = sf_open(file, SFM_READ, &info);
    if (!sound)
        fail(EXIT_BAD_INPUT, "WAV_INVALID", "PCM of 16, 24 or 32 bits and float are read.",
             "%s: %s", file, sf_strerror(NULL));
    float *mixed = allocate((size_t)info.frames + 1, sizeof *mixed);
    float *frame = allocate((size_t)info.channels, sizeof *frame);
    sf_count_t n = 0;
    for (; n < info.frames && sf_readf_float(sound, frame, 1) == 1; n++) {
        for (int c = 0; c < info.channels; c++)
            mixed[n] += frame[c] / (float)info.channels;
        if (!isfinite(mixed[n]))
            fail(EXIT_BAD_INPUT, "WAV_INVALID", NULL, "%s: sample %lld is not a finite number",
                 file, (long long)n);
    }
    free(frame);
    sf_close(sound);
    *frames = n;
    *rate = info.samplerate;
    return mixed;
}

static float *resample(const char *file, float *in, sf_count_t frames, int rate, size_t *length) {
    if (rate == RATE) {
        *length = (size_t)frames;
        return in;
    }
    const double ratio = (double)RATE / rate;
    const long capacity = (long)((double)frames * ratio) + 64;
    SRC_DATA job = {.data_in = in,
                    .data_out = allocate((size_t)capacity, sizeof(float)),
                    .input_frames = (long)frames,
                    .output_frames = capacity,
                    .src_ratio = ratio};
    const int error = src_simple(&job, SRC_SINC_BEST_QUALITY, 1);
    if (error)
        fail(EXIT_BAD_INPUT, "WAV_INVALID", NULL, "%s cannot be resampled from %d Hz: %s", file,
             rate, src_strerror(error));
    free(in);
    *length = (size_t)job.output_frames_gen;
    return job.data_out;
}

float *noise_recording(const char *file, size_t *length) {
    check_length(file);
    sf_count_t frames;
    int rate;
    float *mono = read_mono(file, &frames, &rate);
    float *samples = resample(file, mono, frames, rate, length);
    if (*length < MIN_SAMPLES)
        fail(EXIT_BAD_INPUT, "WAV_INVALID", NULL,
             "%s: %.3f s is too short to loop, 0.2 s is needed", file, (double)*length / RATE);
    double energy = 0;
    for (size_t i = 0; i < *length; i++)
        energy += (double)samples[i] * (double)samples[i];
    const double rms = sqrt(energy / (double)*length);
    if (!(rms > 1e-7)) fail(EXIT_BAD_INPUT, "WAV_INVALID", NULL, "%s is silent", file);
    for (size_t i = 0; i < *length; i++)
        samples[i] = (float)((double)samples[i] / rms);

    /* The end fades into the beginning at constant power, so that the loop has no click. */
    *length -= FADE_SAMPLES;
    for (size_t i = 0; i < FADE_SAMPLES; i++) {
        const double angle = 1.5707963267948966 * ((double)i + 0.5) / FADE_SAMPLES;
        samples[i] =
            (float)((double)samples[i] * sin(angle) + (double)samples[*length + i] * cos(angle));
    }
    return samples;
}
