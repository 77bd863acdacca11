/* Why the chip has started, as the link says it. */
#ifndef ANC_RESET_REASON_H
#define ANC_RESET_REASON_H

#include <stdbool.h>
#include <stdint.h>

/* enum resetReason of the link. */
uint8_t reset_reason(void);

/* Whether the firmware itself was the cause: panic or watchdog. */
bool reset_was_crash(void);

#endif
