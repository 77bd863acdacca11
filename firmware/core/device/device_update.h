/*
 * Updates over the running link, into the slots of update_port_t, and the self-test of an image on
 * trial. Audio goes on while an image arrives, or is muted first (update_port_t.stopsAudio).
 *
 * Self-test. An image on trial confirms itself once it has been healthy, without a gap, for a sixth
 * of the trial with a host that has said hello, or for half of it alone. Healthy means, in each
 * window of a 24th of the trial: the audio context got nine tenths of its samples, at most
 * UPDATE_MAX_MISSES blocks came too late, the supervisor has not muted, and the stored settings
 * were read. Not confirmed at the end of the trial it rolls back. A reset or crash before that
 * rolls back, too (the boot loader's work).
 */
#ifndef ANC_DEVICE_UPDATE_H
#define ANC_DEVICE_UPDATE_H

#include "device/update_port.h"
#include "link/sha256.h"

enum {
    UPDATE_TRIAL_MS = 20000,
    UPDATE_HEALTHY_PART = 6,
    UPDATE_ALONE_PART = 2,
    UPDATE_WINDOW_PART = 24,
    UPDATE_MAX_MISSES = 10,
    UPDATE_FADE_MS = 30, /* from muting to silence behind the converter's buffers */
};

/* What is missing to be healthy. */
enum {
    UPDATE_MISSING_AUDIO = 1 << 0,
    UPDATE_MISSING_DEADLINES = 1 << 1,
    UPDATE_MISSING_SOUND = 1 << 2, /* muted by the supervisor */
    UPDATE_MISSING_SETTINGS = 1 << 3,
};

typedef struct {
    uint8_t phase, reason; /* enums of the link */
    uint32_t totalBytes, heldBytes, verifiedBytes;
    uint8_t sha256[SHA256_BYTES]; /* announced */
    sha256_t work;
    bool mutes;
    uint64_t mutedMs;

    bool onTrial, hasHost;
    uint32_t missing; /* in the last whole window */
    uint64_t windowMs, windowSamples, healthyMs;
    uint32_t windowMisses;
} device_update_t;

#endif
