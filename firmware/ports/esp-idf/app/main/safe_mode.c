#include "safe_mode.h"

#include "board.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "plain/crash_count.h"
#include "reset_reason.h"

enum { STEP_MS = 10, PRESS_MS = 500, HOLD_MS = 2000 };

/* Outlives a reset of the chip. */
static __NOINIT_ATTR crash_count_t crashes;

static bool pressed(void) {
    return gpio_get_level((gpio_num_t)ANC_BOARD_SAFE_MODE_GPIO) == 0;
}

/* Pressed soon after the start, not before: some buttons decide what the chip starts. */
static bool button_held(void) {
    if (ANC_BOARD_SAFE_MODE_GPIO < 0) return false;
    gpio_set_direction((gpio_num_t)ANC_BOARD_SAFE_MODE_GPIO, GPIO_MODE_INPUT);
    gpio_set_pull_mode((gpio_num_t)ANC_BOARD_SAFE_MODE_GPIO, GPIO_PULLUP_ONLY);
    int ms = 0;
    for (vTaskDelay(pdMS_TO_TICKS(STEP_MS)); !pressed(); ms += STEP_MS) {
        if (ms >= PRESS_MS) return false;
        vTaskDelay(pdMS_TO_TICKS(STEP_MS));
    }
    for (ms = 0; ms < HOLD_MS; ms += STEP_MS) {
        vTaskDelay(pdMS_TO_TICKS(STEP_MS));
        if (!pressed()) return false;
    }
    return true;
}

bool safe_mode_wanted(void) {
    const bool crashing = crash_count_started(&crashes, reset_was_crash()) >= CRASH_COUNT_SAFE;
    return crashing || button_held();
}

void safe_mode_healthy(void) {
    crash_count_healthy(&crashes);
}
