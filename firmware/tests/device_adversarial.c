/*
 * What must not happen, whatever comes: with both algorithms, an output above its limit, or an ear
 * that stays louder than it is without the headset. Muting is an answer, too.
 */
#include <math.h>
#include <string.h>

#include "support/headset.h"
#include "support/plant.h"

enum { RATE = 16000, SECONDS = 9, TURN = 2 * RATE, LIMIT_DB = -6, FEEDBACK_DELAY = 20 };

static headset_t h;
static guards_t guards;
static plant_t plant;
static uint8_t memory[1 << 20];

/* One sample of the scene: what the source plays, and what the path does. n counts from 0, the
 * turn for the worse comes at TURN. */
typedef struct {
    const char *name;
    double (*source)(int n, double noise);
    double pathSign; /* of the secondary path after TURN; 0: 1 */
    int pathDelay;   /* more samples of it, from the start */
    double feedback; /* of loudspeaker to reference microphone, after TURN */
    double drive;    /* the loudspeaker saturates here; 0: never */
    bool wrongEar;   /* the ear hears another source */
    bool deafReference, deafError;
} case_t;

static double as_it_is(int n, double noise) {
    (void)n;
    return noise;
}
static double whisper(int n, double noise) {
    return n < TURN ? noise : noise * 1e-4;
}
static double zeros(int n, double noise) {
    return n < TURN ? noise : 0;
}
static double offset(int n, double noise) {
    return n < TURN ? noise : noise + 0.4;
}
static double loud_then_quiet(int n, double noise) {
    return n < TURN ? noise * 6 : noise * 1e-3;
}
static double clipped(int n, double noise) {
    return n < TURN ? noise : noise * 60;
}
static double impulses(int n, double noise) {
    return n < TURN ? noise : noise * 0.1 + (n % 2400 == 0 ? 0.9 : 0);
}
static double only_impulses(int n, double noise) {
    (void)noise;
    return n % 2400 == 0 ? 0.9 : 0;
}

static const case_t cases[] = {
    {.name = "nothing wrong", .source = as_it_is},
    {.name = "a quiet reference", .source = whisper},
    {.name = "zeros", .source = zeros},
    {.name = "DC", .source = offset},
    {.name = "loud, then quiet", .source = loud_then_quiet},
    {.name = "clipped", .source = clipped},
    {.name = "impulses in noise", .source = impulses},
    {.name = "nothing but impulses", .source = only_impulses},
    {.name = "the secondary path turns its sign", .source = as_it_is, .pathSign = -1},
    {.name = "a secondary path 12 samples late", .source = as_it_is, .pathDelay = 12},
    {.name = "a loudspeaker that saturates", .source = as_it_is, .drive = 0.03},
    {.name = "strong feedback", .source = as_it_is, .feedback = 1.2},
    {.name = "hopeless feedback", .source = as_it_is, .feedback = -8},
    {.name = "the wrong ear", .source = as_it_is, .wrongEar = true},
    {.name = "a dead reference", .source = as_it_is, .deafReference = true},
    {.name = "a dead error microphone", .source = as_it_is, .deafError = true},
};

typedef struct {
    double on, off; /* RMS at the ear over the last two seconds */
    double peak;
} result_t;

static void set(const char *name, const char *value) {
    EXPECT(device_set_parameter(&h.device, name, value) == NULL);
}

static void start(const char *algorithm) {
    const device_port_t port = {.context = &h,
                                .tx = headset_tx,
                                .store_read = headset_store_read,
                                .store_write = headset_store_write,
                                .reboot = headset_reboot,
                                .controlMemory = memory,
                                .controlBytes = sizeof memory,
                                .guards = &guards};
    const device_info_t info = {.board = "test-board",
                                .firmwareVersion = "1.2.3",
                                .serialNumber = "T1",
                                .sampleRateHz = RATE,
                                .addedLatencySamples = 5};
    memset(&h, 0, sizeof h);
    device_init(&h.device, &port, &info);
    plant_init(&plant);
    const anc_secondary_model_t model = plant_model();
    EXPECT(device_set_secondary(&h.device, &model));
    set("taps", "64");
    set("algorithm", algorithm);
    set("stepSize", "0.01");
    set("outputLimitDb", "-6");
    set("mode", "anc");
}

static double own_noise(double *state) {
    const double white = ((double)expect_random(&plant.random) / 2147483648.0 - 1) * 1.7;
    return *state = 0.9 * *state + white * 0.02;
}

static result_t run(const case_t *c) {
    double speaker[64] = {0}, sources[PLANT_DELAY + 1] = {0}, here = 0, there = 0;
    result_t r = {0};
    for (int n = 0; n < SECONDS * RATE; n++) {
        const bool turned = n >= TURN;
        const double source = c->source(n, own_noise(&here));
        memmove(sources + 1, sources, PLANT_DELAY * sizeof *sources);
        sources[0] = c->wrongEar && turned ? own_noise(&there) : source;
        double x = source + (turned ? c->feedback * speaker[FEEDBACK_DELAY] : 0);
        if (c->deafReference && turned) x = 0;
        const int32_t out = device_audio_output(&h.device, plant_q31(x));
        const double y = out / 2147483648.0;
        r.peak = fmax(r.peak, fabs(y));
        memmove(speaker + 1, speaker, 63 * sizeof *speaker);
        speaker[0] = c->drive > 0 ? fmax(-c->drive, fmin(c->drive, y)) : y;
        const double off = plant.primary * sources[PLANT_DELAY];
        double on = off;
        for (int k = 0; k < PLANT_TAPS; k++)
            on += (turned && c->pathSign != 0 ? c->pathSign : 1) * plant_secondary(k) *
                  speaker[k + c->pathDelay];
        EXPECT(isfinite(on));
        device_audio_adapt(&h.device, plant_q31(c->deafError && turned ? 0 : on));
        if (n % 160 == 159) device_control(&h.device, h.nowMs += 10);
        if (n < (SECONDS - 2) * RATE) continue;
        r.on += on * on / (2.0 * RATE);
        r.off += off * off / (2.0 * RATE);
    }
    r.on = sqrt(r.on);
    r.off = sqrt(r.off);
    return r;
}

int main(void) {
    static const char *const algorithms[] = {"fxnlms", "normalEquations"};
    const double limit = pow(10, LIMIT_DB / 20.0);
    for (size_t a = 0; a < 2; a++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            start(algorithms[a]);
            const result_t r = run(&cases[i]);
            const bool muted = h.device.supervisor.guard == SUPERVISOR_MUTED;
            /* 1 dB louder at most, and what is under -80 dBFS nobody hears */
            const bool quiet = r.on <= 1.122 * r.off + 1e-4;
            if (r.peak <= limit + 1e-9 && (quiet || muted)) continue;
            fprintf(stderr, "%s, %s: peak %g, on %g, off %g, guard %d\n", algorithms[a],
                    cases[i].name, r.peak, r.on, r.off, (int)h.device.supervisor.guard);
            return 1;
        }
        /* the first case for what all this protects: it cancels */
        start(algorithms[a]);
        const result_t r = run(&cases[0]);
        EXPECT(r.on < 0.3 * r.off);
    }
    return 0;
}
