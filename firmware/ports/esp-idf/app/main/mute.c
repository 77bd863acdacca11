#include "mute.h"

#include "board.h"
#include "driver/gpio.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

enum { SETTLE_MS = 50 }; /* an amplifier's start-up ramp */

/* The level goes out before the pin becomes an output, so that it never shows the other one. */
static void drive(int gpio, unsigned level) {
    if (gpio < 0) return;
    gpio_set_level((gpio_num_t)gpio, level);
    gpio_set_direction((gpio_num_t)gpio, GPIO_MODE_OUTPUT);
}

void mute_set(bool muted) {
    if (muted) {
        drive(ANC_BOARD_MUTE_GPIO, ANC_BOARD_MUTE_LEVEL);
        drive(ANC_BOARD_AMPLIFIER_GPIO, !ANC_BOARD_AMPLIFIER_LEVEL);
        return;
    }
    drive(ANC_BOARD_AMPLIFIER_GPIO, ANC_BOARD_AMPLIFIER_LEVEL);
    if (ANC_BOARD_AMPLIFIER_GPIO >= 0) vTaskDelay(pdMS_TO_TICKS(SETTLE_MS));
    drive(ANC_BOARD_MUTE_GPIO, !ANC_BOARD_MUTE_LEVEL);
}

static void mute_at_restart(void) {
    mute_set(true);
}

void mute_init(void) {
    mute_set(true);
    ESP_ERROR_CHECK(esp_register_shutdown_handler(mute_at_restart));
}
