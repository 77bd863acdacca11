#include "update.h"

#include <string.h>

#include "board.h"
#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_image_format.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "headset.h"
#include "sdkconfig.h"

/* As app/CMakeLists.txt names the project: the image says for which board it is. */
static const char project[] = "anc-" ANC_BOARD_ID;

_Static_assert(sizeof project <= sizeof((esp_app_desc_t *)0)->project_name, "the name fits");

static struct {
    const esp_partition_t *other;
    uint32_t erasedBytes; /* from the start of the other slot, since the image there began */
    bool otherWhole;      /* its image's check sums are right */
    bool rollsBack;
} slots;

static void copy_text(char to[UPDATE_TEXT_BYTES], const char *from, size_t capacity) {
    size_t n = strnlen(from, capacity);
    if (n > UPDATE_TEXT_BYTES - 1) n = UPDATE_TEXT_BYTES - 1;
    memcpy(to, from, n);
    to[n] = 0;
}

/* Reads the whole image. */
static bool is_whole(void) {
    esp_image_metadata_t metadata;
    const esp_partition_pos_t where = {.offset = slots.other->address, .size = slots.other->size};
    return esp_image_verify(ESP_IMAGE_VERIFY_SILENT, &where, &metadata) == ESP_OK;
}

static update_slot_state_t state_of_running(esp_ota_img_states_t state) {
    const bool onTrial = state == ESP_OTA_IMG_NEW || state == ESP_OTA_IMG_PENDING_VERIFY;
    return onTrial ? UPDATE_SLOT_TRIAL : UPDATE_SLOT_GOOD;
}

static update_slot_state_t state_of_other(esp_ota_img_states_t state) {
    if (!slots.otherWhole) return UPDATE_SLOT_EMPTY;
    if (esp_ota_get_boot_partition() == slots.other) return UPDATE_SLOT_ACTIVATED;
    const bool rejected = state == ESP_OTA_IMG_INVALID || state == ESP_OTA_IMG_ABORTED;
    return rejected ? UPDATE_SLOT_REJECTED : UPDATE_SLOT_GOOD;
}

static bool describe(void *context, update_slot_t slot, update_slot_info_t *info) {
    (void)context;
    const bool running = slot == UPDATE_SLOT_RUNNING;
    const esp_partition_t *partition = running ? esp_ota_get_running_partition() : slots.other;
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED; /* flashed by wire: no state is kept */
    esp_ota_get_state_partition(partition, &state);
    info->version[0] = 0;
    info->state = running ? state_of_running(state) : state_of_other(state);
    esp_app_desc_t description;
    if (info->state != UPDATE_SLOT_EMPTY &&
        esp_ota_get_partition_description(partition, &description) == ESP_OK)
        copy_text(info->version, description.version, sizeof description.version);
    return true;
}

/* The sectors that the next bytes reach into are erased now, a few tens of milliseconds each: the
 * whole slot at once would take longer than a host waits. */
static bool erase_up_to(uint32_t bytes) {
    const uint32_t sector = slots.other->erase_size;
    while (slots.erasedBytes < bytes) {
        if (esp_partition_erase_range(slots.other, slots.erasedBytes, sector) != ESP_OK)
            return false;
        slots.erasedBytes += sector;
    }
    return true;
}

static bool write(void *context, uint32_t offset, uint32_t total, const uint8_t *bytes, size_t n) {
    (void)context;
    if (total > slots.other->size || offset > total || n > total - offset) return false;
    if (offset == 0) {
        slots.erasedBytes = 0;
        slots.otherWhole = false;
    }
    return erase_up_to(offset + (uint32_t)n) &&
           esp_partition_write(slots.other, offset, bytes, n) == ESP_OK;
}

static bool read(void *context, uint32_t offset, uint8_t *bytes, size_t n) {
    (void)context;
    return esp_partition_read(slots.other, offset, bytes, n) == ESP_OK;
}

static bool check(void *context, uint32_t total, update_image_t *image) {
    (void)context;
    esp_image_header_t header;
    esp_app_desc_t description;
    if (esp_partition_read(slots.other, 0, &header, sizeof header) != ESP_OK) return false;
    esp_task_wdt_reset(); /* the watchdog waits for a slow flash, too */
    slots.otherWhole = is_whole();
    esp_task_wdt_reset();
    const bool described = esp_ota_get_partition_description(slots.other, &description) == ESP_OK;
    if (total < sizeof header || header.magic != ESP_IMAGE_HEADER_MAGIC)
        *image = UPDATE_IMAGE_NONE;
    else if (header.chip_id != CONFIG_IDF_FIRMWARE_CHIP_ID)
        *image = UPDATE_IMAGE_WRONG_CHIP;
    else if (!slots.otherWhole)
        *image = UPDATE_IMAGE_DAMAGED;
    else if (!described || strncmp(description.project_name, project, sizeof project) != 0)
        *image = UPDATE_IMAGE_WRONG_BOARD;
    else
        *image = UPDATE_IMAGE_GOOD;
    return true;
}

static bool activate(void *context) {
    (void)context;
    return esp_ota_set_boot_partition(slots.other) == ESP_OK;
}

static bool confirm(void *context) {
    (void)context;
    headset_silence(true);
    const bool confirmed = esp_ota_mark_app_valid_cancel_rollback() == ESP_OK;
    headset_silence(false);
    return confirmed;
}

/* ESP-IDF marks and restarts in one, before the answer has left: it is put off to the restart that
 * follows. Without power in between an image on trial is rejected all the same. */
static bool roll_back(void *context) {
    (void)context;
    slots.rollsBack = esp_ota_check_rollback_is_possible();
    return slots.rollsBack;
}

void update_restart(void) {
    if (slots.rollsBack) esp_ota_mark_app_invalid_rollback_and_reboot();
    esp_restart();
}

const update_port_t *update_port(void) {
    static update_port_t port = {.chip = CONFIG_IDF_TARGET,
                                 .stopsAudio = true, /* the caches are off while flash is written */
                                 .describe = describe,
                                 .write = write,
                                 .read = read,
                                 .check = check,
                                 .activate = activate,
                                 .confirm = confirm,
                                 .roll_back = roll_back};
    slots.other = esp_ota_get_next_update_partition(NULL);
    if (!slots.other || slots.other == esp_ota_get_running_partition()) return NULL;
    port.slotBytes = slots.other->size;
    slots.otherWhole = is_whole(); /* now, while nothing plays */
    return &port;
}
