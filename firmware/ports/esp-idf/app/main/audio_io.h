/*
 * The converters: full-duplex I2S with the shortest DMA that the board's file says holds, and the
 * codec chip in front of it.
 */
#ifndef ANC_AUDIO_IO_H
#define ANC_AUDIO_IO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "board.h"

enum {
    AUDIO_SLOTS = 2, /* of a frame, in standard mode and in TDM */
    AUDIO_BLOCK_FRAMES = ANC_BOARD_BLOCK_FRAMES,
};

typedef struct {
    struct i2s_channel_obj_t *tx, *rx;
    atomic_uint_fast32_t dropouts; /* blocks that the DMA took or gave without the firmware */
} audio_io_t;

/* Both directions run and play zeros; false when the driver refuses. To be called on the core whose
 * interrupts are to serve them. */
bool audio_io_open(audio_io_t *io);

/* Waits for a block of the microphones; false when none comes, as without a clock. */
bool audio_io_read(audio_io_t *io, int32_t frames[AUDIO_BLOCK_FRAMES * AUDIO_SLOTS]);
/* Hands over the block that is played next; false when there is no room for too long. */
bool audio_io_write(audio_io_t *io, const int32_t frames[AUDIO_BLOCK_FRAMES * AUDIO_SLOTS]);

/* Sets the codec chip up, its output muted until codec_mute(false); false when it does not answer.
 * Boards whose converters need none: true. The clocks must run. */
bool codec_start(void);
void codec_mute(bool muted);

#endif
