#include "recorder.h"

#include <errno.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fail.h"

enum { BLOCK = 4800 };

struct recorder {
    SNDFILE *files[RECORD_SIGNALS];
    int32_t blocks[RECORD_SIGNALS][BLOCK];
    int n;
};

recorder_t *recorder_open(const char *folder) {
    static const char *const names[RECORD_SIGNALS] = {"reference", "error-on", "error-off",
                                                      "anti-noise"};
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        fail(EXIT_BAD_INPUT, "RECORD_FAILED", "Give a folder that you may write to.",
             "cannot make the folder %s: %s", folder, strerror(errno));
    recorder_t *recorder = allocate(1, sizeof *recorder);
    for (int i = 0; i < RECORD_SIGNALS; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.wav", folder, names[i]);
        SF_INFO info = {
            .samplerate = 48000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_24};
        recorder->files[i] = sf_open(path, SFM_WRITE, &info);
        if (!recorder->files[i])
            fail(EXIT_BAD_INPUT, "RECORD_FAILED", "Give a folder that you may write to.", "%s: %s",
                 path, sf_strerror(NULL));
    }
    return recorder;
}

static void flush(recorder_t *recorder) {
    for (int i = 0; i < RECORD_SIGNALS; i++)
        if (sf_write_int(recorder->files[i], recorder->blocks[i], recorder->n) != recorder->n)
            fail(EXIT_TROUBLE, "RECORD_FAILED", "Is the disk full?", "%s",
                 sf_strerror(recorder->files[i]));
    recorder->n = 0;
}

void recorder_put(recorder_t *recorder, const int32_t samples_q31[RECORD_SIGNALS]) {
    for (int i = 0; i < RECORD_SIGNALS; i++)
        recorder->blocks[i][recorder->n] = samples_q31[i];
    if (++recorder->n == BLOCK) flush(recorder);
}

void recorder_close(recorder_t *recorder) {
    flush(recorder);
    for (int i = 0; i < RECORD_SIGNALS; i++)
        sf_close(recorder->files[i]);
}
