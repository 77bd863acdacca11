/* A headset on a chip of the ESP32 family: docs/esp-idf.md. */
#include "headset.h"
#include "mute.h"
#include "safe_mode.h"

void app_main(void);

void app_main(void) {
    mute_init();
    headset_start(safe_mode_wanted());
}
