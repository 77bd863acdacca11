/*
 * The board's mute line and amplifier switch. They are muted before anything that may click or
 * howl: start, restart, panic. While the chip is in reset its pins float, so that the board needs
 * resistors that mute: see its page.
 */
#ifndef ANC_MUTE_H
#define ANC_MUTE_H

#include <stdbool.h>

/* Muted. The first thing of all; also arranges that a restart mutes. */
void mute_init(void);

/* Unmuting takes up to 60 ms, while the amplifier settles; muting none. */
void mute_set(bool muted);

#endif
