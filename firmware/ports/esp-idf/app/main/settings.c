#include "settings.h"

#include "board.h"
#include "nvs.h"
#include "nvs_flash.h"

static const char partition[] = ANC_BOARD_SETTINGS_PARTITION;
static const char space[] = "anc", key[] = "parameters";

static esp_err_t state = ESP_ERR_NVS_NOT_INITIALIZED;

void settings_init(void) {
    state = nvs_flash_init_partition(partition);
}

size_t settings_read(uint8_t *buffer, size_t capacity) {
    nvs_handle_t handle;
    size_t n = capacity;
    if (state != ESP_OK) return 0;
    if (nvs_open_from_partition(partition, space, NVS_READONLY, &handle) != ESP_OK) return 0;
    const esp_err_t error = nvs_get_blob(handle, key, buffer, &n);
    nvs_close(handle);
    return error == ESP_OK ? n : 0;
}

/*
 * A partition in which no page is free is damaged: NVS keeps one. Only now, when the user stores
 * anew, is it given up. One of a newer format is not: it holds the settings of the newer firmware
 * that was here, which would miss them.
 */
static bool make_usable(void) {
    if (state == ESP_ERR_NVS_NO_FREE_PAGES && nvs_flash_erase_partition(partition) == ESP_OK)
        state = nvs_flash_init_partition(partition);
    return state == ESP_OK;
}

bool settings_write(const uint8_t *bytes, size_t n) {
    nvs_handle_t handle;
    if (!make_usable()) return false;
    if (nvs_open_from_partition(partition, space, NVS_READWRITE, &handle) != ESP_OK) return false;
    const bool written =
        nvs_set_blob(handle, key, bytes, n) == ESP_OK && nvs_commit(handle) == ESP_OK;
    nvs_close(handle);
    return written;
}
