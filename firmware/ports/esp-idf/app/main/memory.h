/* What the core works with at control rate, taken from the heap once. */
#ifndef ANC_MEMORY_H
#define ANC_MEMORY_H

#include "device/device.h"

/* Sets controlMemory, controlBytes and guards, as far as the chip has memory and floating point. */
void memory_give(device_port_t *port);

#endif
