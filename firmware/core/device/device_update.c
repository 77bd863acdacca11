#include "device/device_update.h"

#include <string.h>

#include "device/device_internal.h"

enum { PIECE = 1024, PIECES = 4 }; /* verified in one control step */

static const update_port_t *port(const device_t *d) {
    return d->port.update;
}

static uint32_t no_slots(device_exchange_t *x) {
    x->detail = "no slots for updates over the link";
    return LINK_STATUS_NOT_READY;
}

static void set_mute(device_t *d, bool mutes) {
    if (d->update.mutes == mutes) return;
    d->update.mutes = mutes;
    d->update.mutedMs = d->nowMs;
    device_apply_params(d);
}

static void end(device_t *d, uint8_t phase, uint8_t reason) {
    d->update.phase = phase;
    d->update.reason = reason;
    set_mute(d, false);
}

static void fail(device_t *d, uint8_t reason) {
    end(d, LINK_UPDATE_PHASE_FAILED, reason);
}

void device_update_init(device_t *d) {
    update_slot_info_t running = {.state = UPDATE_SLOT_GOOD};
    if (!port(d)) return;
    port(d)->describe(port(d)->context, UPDATE_SLOT_RUNNING, &running);
    d->update.onTrial = running.state == UPDATE_SLOT_TRIAL;
}

static uint32_t trial_ms(const device_t *d) {
    return port(d)->trialMs > 0 ? port(d)->trialMs : UPDATE_TRIAL_MS;
}

static uint32_t trial_left_ms(const device_t *d) {
    const uint32_t uptimeMs = device_uptime(d), trialMs = trial_ms(d);
    return d->update.onTrial && uptimeMs < trialMs ? trialMs - uptimeMs : 0;
}

static void describe(const device_t *d, wire_writer_t *out, update_slot_t slot, uint32_t stateField,
                     uint32_t versionField) {
    update_slot_info_t info = {.state = UPDATE_SLOT_EMPTY};
    if (!port(d)->describe(port(d)->context, slot, &info)) return;
    wire_u64(out, stateField, info.state);
    wire_string(out, versionField, info.version);
}

uint32_t device_get_update(device_t *d, device_exchange_t *x) {
    const device_update_t *u = &d->update;
    if (!port(d)) return no_slots(x);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_PHASE, u->phase);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_REASON, u->reason);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_HELD_BYTES, u->heldBytes);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_TOTAL_BYTES, u->totalBytes);
    if (u->phase != LINK_UPDATE_PHASE_IDLE)
        wire_bytes(&x->out, LINK_GET_UPDATE_RESPONSE_SHA256, u->sha256, sizeof u->sha256);
    wire_string(&x->out, LINK_GET_UPDATE_RESPONSE_CHIP, port(d)->chip);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_SLOT_BYTES, port(d)->slotBytes);
    describe(d, &x->out, UPDATE_SLOT_RUNNING, LINK_GET_UPDATE_RESPONSE_RUNNING_STATE,
             LINK_GET_UPDATE_RESPONSE_RUNNING_VERSION);
    describe(d, &x->out, UPDATE_SLOT_OTHER, LINK_GET_UPDATE_RESPONSE_OTHER_STATE,
             LINK_GET_UPDATE_RESPONSE_OTHER_VERSION);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_STOPS_AUDIO, port(d)->stopsAudio);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_TRIAL_LEFT_MS, trial_left_ms(d));
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_HEALTH, u->missing);
    wire_u64(&x->out, LINK_GET_UPDATE_RESPONSE_VERIFIED_BYTES, u->verifiedBytes);
    return LINK_STATUS_OK;
}

/* Whether a text field is there and says something else. */
static bool differs(const wire_field_t *field, const char *expected) {
    const size_t n = strlen(expected);
    return field->n > 0 && (field->n != n || memcmp(field->bytes, expected, n) != 0);
}

static uint8_t refusal(const device_t *d, uint64_t totalBytes, const wire_field_t *chip,
                       const wire_field_t *board) {
    if (differs(chip, port(d)->chip)) return LINK_UPDATE_REASON_WRONG_CHIP;
    if (differs(board, d->info.board)) return LINK_UPDATE_REASON_WRONG_BOARD;
    if (totalBytes > port(d)->slotBytes) return LINK_UPDATE_REASON_TOO_LARGE;
    return LINK_UPDATE_REASON_NONE;
}

/* Announced again, an image goes on where it is. */
uint32_t device_update_begin(device_t *d, device_exchange_t *x) {
    device_update_t *u = &d->update;
    wire_field_t field, sha256 = {.n = 0}, chip = {.n = 0}, board = {.n = 0};
    uint64_t totalBytes = 0;
    if (!port(d)) return no_slots(x);
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_UPDATE_BEGIN_REQUEST_TOTAL_BYTES) totalBytes = field.value;
        if (field.id == LINK_UPDATE_BEGIN_REQUEST_SHA256) sha256 = field;
        if (field.id == LINK_UPDATE_BEGIN_REQUEST_CHIP) chip = field;
        if (field.id == LINK_UPDATE_BEGIN_REQUEST_BOARD) board = field;
    }
    if (sha256.n != SHA256_BYTES || totalBytes == 0) return LINK_STATUS_MALFORMED;
    if (u->onTrial) {
        x->detail = "the running firmware is on trial: the other one is kept";
        return LINK_STATUS_NOT_READY;
    }
    const bool known = u->totalBytes == totalBytes && u->phase != LINK_UPDATE_PHASE_IDLE &&
                       u->phase != LINK_UPDATE_PHASE_FAILED &&
                       memcmp(u->sha256, sha256.bytes, SHA256_BYTES) == 0;
    if (!known) {
        const uint8_t reason = refusal(d, totalBytes, &chip, &board);
        u->totalBytes = reason == LINK_UPDATE_REASON_TOO_LARGE ? 0 : (uint32_t)totalBytes;
        u->heldBytes = u->verifiedBytes = 0;
        memcpy(u->sha256, sha256.bytes, SHA256_BYTES);
        if (reason == LINK_UPDATE_REASON_NONE)
            end(d, LINK_UPDATE_PHASE_RECEIVING, reason);
        else
            fail(d, reason);
    }
    wire_u64(&x->out, LINK_UPDATE_BEGIN_RESPONSE_PHASE, u->phase);
    wire_u64(&x->out, LINK_UPDATE_BEGIN_RESPONSE_REASON, u->reason);
    wire_u64(&x->out, LINK_UPDATE_BEGIN_RESPONSE_HELD_BYTES, u->heldBytes);
    return LINK_STATUS_OK;
}

/* Muted, and long enough ago, where flash and audio exclude each other. */
static bool may_write(device_t *d) {
    if (!port(d)->stopsAudio) return true;
    set_mute(d, true);
    return d->nowMs - d->update.mutedMs >= UPDATE_FADE_MS;
}

uint32_t device_update_chunk(device_t *d, device_exchange_t *x) {
    device_update_t *u = &d->update;
    wire_field_t field, data = {.n = 0};
    uint64_t offset = 0;
    if (!port(d)) return no_slots(x);
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_UPDATE_CHUNK_REQUEST_OFFSET) offset = field.value;
        if (field.id == LINK_UPDATE_CHUNK_REQUEST_DATA) data = field;
    }
    if (u->phase != LINK_UPDATE_PHASE_RECEIVING) {
        x->detail = "no image is being received";
        return LINK_STATUS_NOT_READY;
    }
    if (offset > u->heldBytes || data.n > u->totalBytes - offset) {
        x->detail = "behind what is held, or beyond the image";
        return LINK_STATUS_OUT_OF_RANGE;
    }
    if (offset + data.n > u->heldBytes) {
        const size_t known = (size_t)(u->heldBytes - offset);
        if (!may_write(d)) return LINK_STATUS_BUSY;
        if (!port(d)->write(port(d)->context, u->heldBytes, u->totalBytes, data.bytes + known,
                            data.n - known)) {
            fail(d, LINK_UPDATE_REASON_FLASH_FAILED);
            return LINK_STATUS_STORAGE_FAILED;
        }
        u->heldBytes = (uint32_t)(offset + data.n);
    }
    wire_u64(&x->out, LINK_UPDATE_CHUNK_RESPONSE_HELD_BYTES, u->heldBytes);
    return LINK_STATUS_OK;
}

uint32_t device_update_finish(device_t *d, device_exchange_t *x) {
    device_update_t *u = &d->update;
    if (!port(d)) return no_slots(x);
    const bool whole = u->phase == LINK_UPDATE_PHASE_RECEIVING && u->heldBytes == u->totalBytes;
    if (whole) {
        sha256_init(&u->work);
        u->verifiedBytes = 0;
        u->phase = LINK_UPDATE_PHASE_VERIFYING;
    } else if (u->phase != LINK_UPDATE_PHASE_VERIFYING && u->phase != LINK_UPDATE_PHASE_ACTIVATED) {
        x->detail = "the image is not whole";
        return LINK_STATUS_NOT_READY;
    }
    return LINK_STATUS_OK;
}

static void activate(device_t *d) {
    static const uint8_t reasons[] = {
        [UPDATE_IMAGE_GOOD] = LINK_UPDATE_REASON_NONE,
        [UPDATE_IMAGE_NONE] = LINK_UPDATE_REASON_NO_IMAGE,
        [UPDATE_IMAGE_DAMAGED] = LINK_UPDATE_REASON_IMAGE_DAMAGED,
        [UPDATE_IMAGE_WRONG_CHIP] = LINK_UPDATE_REASON_WRONG_CHIP,
        [UPDATE_IMAGE_WRONG_BOARD] = LINK_UPDATE_REASON_WRONG_BOARD,
    };
    update_image_t image = UPDATE_IMAGE_NONE;
    if (!port(d)->check(port(d)->context, d->update.totalBytes, &image)) {
        fail(d, LINK_UPDATE_REASON_FLASH_FAILED);
    } else if (image != UPDATE_IMAGE_GOOD) {
        fail(d, reasons[image]);
    } else if (!port(d)->activate(port(d)->context)) {
        fail(d, LINK_UPDATE_REASON_FLASH_FAILED);
    } else {
        device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_UPDATE_ACTIVATED, 0);
        end(d, LINK_UPDATE_PHASE_ACTIVATED, LINK_UPDATE_REASON_NONE);
    }
}

/* Reads back what the slot holds, some at a time: what counts is what a start will find. */
static void verify(device_t *d) {
    device_update_t *u = &d->update;
    uint8_t piece[PIECE], hash[SHA256_BYTES];
    for (int i = 0; i < PIECES && u->verifiedBytes < u->totalBytes; i++) {
        const uint32_t left = u->totalBytes - u->verifiedBytes, run = left < PIECE ? left : PIECE;
        if (!port(d)->read(port(d)->context, u->verifiedBytes, piece, run)) {
            fail(d, LINK_UPDATE_REASON_FLASH_FAILED);
            return;
        }
        sha256_update(&u->work, piece, run);
        u->verifiedBytes += run;
    }
    if (u->verifiedBytes < u->totalBytes) return;
    sha256_final(&u->work, hash);
    if (memcmp(hash, u->sha256, sizeof hash) == 0)
        activate(d);
    else
        fail(d, LINK_UPDATE_REASON_HASH_DIFFERS);
}

uint32_t device_update_confirm(device_t *d, device_exchange_t *x) {
    if (!port(d)) return no_slots(x);
    if (!d->update.onTrial) return LINK_STATUS_OK;
    if (!port(d)->confirm(port(d)->context)) return LINK_STATUS_STORAGE_FAILED;
    d->update.onTrial = false;
    device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_UPDATE_CONFIRMED, (int32_t)device_uptime(d));
    return LINK_STATUS_OK;
}

uint32_t device_update_roll_back(device_t *d, device_exchange_t *x) {
    update_slot_info_t other = {.state = UPDATE_SLOT_EMPTY};
    if (!port(d)) return no_slots(x);
    if (!port(d)->describe(port(d)->context, UPDATE_SLOT_OTHER, &other) ||
        other.state != UPDATE_SLOT_GOOD || !d->port.reboot) {
        x->detail = "no firmware to go back to";
        return LINK_STATUS_NOT_READY;
    }
    if (!port(d)->roll_back(port(d)->context)) return LINK_STATUS_STORAGE_FAILED;
    x->restarts = true;
    return LINK_STATUS_OK;
}

static uint32_t missing_now(const device_t *d, uint64_t windowMs) {
    const device_update_t *u = &d->update;
    const uint64_t expected = windowMs * d->info.sampleRateHz / 1000;
    uint32_t missing = 0;
    if (10 * (d->sampleIndex - u->windowSamples) < 9 * expected) missing |= UPDATE_MISSING_AUDIO;
    if (d->deadlineMisses - u->windowMisses > UPDATE_MAX_MISSES)
        missing |= UPDATE_MISSING_DEADLINES;
    if (d->supervisor.guard == SUPERVISOR_MUTED) missing |= UPDATE_MISSING_SOUND;
    if (d->storeDamaged) missing |= UPDATE_MISSING_SETTINGS;
    return missing;
}

static void give_up(device_t *d) {
    d->update.onTrial = false;
    device_log(d, LINK_LOG_LEVEL_ERROR, LINK_LOG_CODE_UPDATE_ROLLED_BACK,
               (int32_t)d->update.missing);
    if (port(d)->roll_back(port(d)->context) && d->port.reboot) d->port.reboot(d->port.context);
}

static void test_itself(device_t *d) {
    device_update_t *u = &d->update;
    const uint32_t trialMs = trial_ms(d), uptimeMs = device_uptime(d);
    if (uptimeMs >= trialMs) {
        give_up(d);
        return;
    }
    const uint64_t windowMs = d->nowMs - u->windowMs;
    if (u->windowMs != 0 && windowMs < trialMs / UPDATE_WINDOW_PART) return;
    if (u->windowMs != 0) {
        u->missing = missing_now(d, windowMs);
        if (u->missing != 0) u->healthyMs = d->nowMs;
    } else {
        u->healthyMs = d->nowMs;
    }
    u->windowMs = d->nowMs;
    u->windowSamples = d->sampleIndex;
    u->windowMisses = d->deadlineMisses;
    const uint64_t part = u->hasHost ? UPDATE_HEALTHY_PART : UPDATE_ALONE_PART;
    device_exchange_t unasked = {.detail = NULL};
    if (part * (d->nowMs - u->healthyMs) >= trialMs) device_update_confirm(d, &unasked);
}

void device_update_control(device_t *d) {
    if (!port(d)) return;
    if (d->update.onTrial) test_itself(d);
    if (d->update.phase == LINK_UPDATE_PHASE_VERIFYING) verify(d);
}

void device_update_host_gone(device_t *d) {
    set_mute(d, false);
}
