/* Between the slots of an I2S frame and the engine's samples; both are 32 bits, left-justified. */
#ifndef ANC_SAMPLES_H
#define ANC_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned slots; /* of a frame */
    unsigned reference, error;
} slot_map_t;

static inline void samples_take(slot_map_t map, const int32_t *frames, size_t n, int32_t *ref_q31,
                                int32_t *err_q31) {
    for (size_t i = 0; i < n; i++) {
        ref_q31[i] = frames[i * map.slots + map.reference];
        err_q31[i] = frames[i * map.slots + map.error];
    }
}

/* The same in every slot: both loudspeakers, or whichever of them a mono converter takes. */
static inline void samples_give(slot_map_t map, const int32_t *out_q31, size_t n, int32_t *frames) {
    for (size_t i = 0; i < n; i++)
        for (unsigned slot = 0; slot < map.slots; slot++)
            frames[i * map.slots + slot] = out_q31[i];
}

#endif
