/*
 * Panics of whatever kind, the watchdogs' too, come through here before ESP-IDF prints: the DMA
 * would go on with its last blocks as a tone for as long as that takes. Registers only, in RAM: the
 * cache may be off and no lock may be taken.
 */
#include "board.h"
#include "esp_attr.h"
#include "hal/gpio_ll.h"
#include "hal/i2s_ll.h"

void __real_esp_panic_handler(void *info);
void __wrap_esp_panic_handler(void *info);

void IRAM_ATTR __wrap_esp_panic_handler(void *info) {
#if ANC_BOARD_MUTE_GPIO >= 0
    gpio_ll_set_level(GPIO_LL_GET_HW(0), ANC_BOARD_MUTE_GPIO, ANC_BOARD_MUTE_LEVEL);
#endif
#if ANC_BOARD_AMPLIFIER_GPIO >= 0
    gpio_ll_set_level(GPIO_LL_GET_HW(0), ANC_BOARD_AMPLIFIER_GPIO, !ANC_BOARD_AMPLIFIER_LEVEL);
#endif
    i2s_ll_tx_stop(I2S_LL_GET_HW(0)); /* no clock: converters with a mute of their own use it */
    __real_esp_panic_handler(info);
}
