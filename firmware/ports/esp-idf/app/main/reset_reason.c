#include "reset_reason.h"

#include "esp_idf_version.h"
#include "esp_system.h"
#include "generated/messages.h"

/* USB, JTAG, glitch and lock-up are told apart from 5.1.4 and from 5.2.2 on. */
#define TELLS_MORE                                                                                 \
    (ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 2, 2) ||                                            \
     (ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 1, 4) &&                                           \
      ESP_IDF_VERSION < ESP_IDF_VERSION_VAL(5, 2, 0)))

uint8_t reset_reason(void) {
    switch (esp_reset_reason()) {
    case ESP_RST_SW:
    case ESP_RST_DEEPSLEEP:
    case ESP_RST_SDIO:
#if TELLS_MORE
    case ESP_RST_USB: /* asked for by the host, as after flashing */
    case ESP_RST_JTAG:
#endif
        return LINK_RESET_REASON_SOFTWARE;
    case ESP_RST_PANIC:
#if TELLS_MORE
    case ESP_RST_CPU_LOCKUP:
#endif
        return LINK_RESET_REASON_PANIC;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return LINK_RESET_REASON_WATCHDOG;
    case ESP_RST_BROWNOUT:
#if TELLS_MORE
    case ESP_RST_PWR_GLITCH:
#endif
        return LINK_RESET_REASON_BROWN_OUT;
    default: /* power, the reset pin, what the chip cannot tell */
        return LINK_RESET_REASON_POWER_ON;
    }
}

bool reset_was_crash(void) {
    const uint8_t reason = reset_reason();
    return reason == LINK_RESET_REASON_PANIC || reason == LINK_RESET_REASON_WATCHDOG;
}
