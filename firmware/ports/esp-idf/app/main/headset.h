/* The headset above its drivers: the device of the core, its port, and the control task. */
#ifndef ANC_HEADSET_H
#define ANC_HEADSET_H

#include <stdbool.h>

/* With the output still muted. Unmutes once the audio runs. */
void headset_start(bool safeMode);

/* Fades the output out, and waits for that, before flash is written; and back in. Flash is written
 * with the caches off, and then nothing runs but interrupts: the zeros which the DMA puts in are no
 * click behind a fade. Control task only. */
void headset_silence(bool silent);

#endif
