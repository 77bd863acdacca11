/* Native USB: a CDC-ACM device by TinyUSB. */
#include <stdatomic.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "link.h"
#include "link/frame.h"
#include "tinyusb.h"
#include "tinyusb_cdc_acm.h"
#include "tinyusb_default_config.h"

static const tinyusb_cdcacm_itf_t port = TINYUSB_CDC_ACM_0;

_Static_assert(CONFIG_TINYUSB_CDC_TX_BUFSIZE >= LINK_MAX_ENCODED_BYTES, "a frame fits");

static atomic_bool isOpen; /* set by TinyUSB's task */

static void on_line_state(int changed, cdcacm_event_t *event) {
    (void)changed;
    atomic_store(&isOpen, event->line_state_changed_data.dtr);
}

static void on_event(tinyusb_event_t *event, void *context) {
    (void)context;
    if (event->id == TINYUSB_EVENT_DETACHED) atomic_store(&isOpen, false);
}

void link_start(void) {
    const tinyusb_config_t usb = TINYUSB_DEFAULT_CONFIG(on_event);
    const tinyusb_config_cdcacm_t serial = {.cdc_port = port,
                                            .callback_line_state_changed = on_line_state};
    ESP_ERROR_CHECK(tinyusb_driver_install(&usb));
    ESP_ERROR_CHECK(tinyusb_cdcacm_init(&serial));
}

bool link_is_open(void) {
    return atomic_load(&isOpen);
}

size_t link_read(uint8_t *bytes, size_t n, uint32_t waitMs) {
    size_t got = 0;
    if (tinyusb_cdcacm_read(port, bytes, n, &got) == ESP_OK && got > 0) return got;
    if (waitMs > 0) vTaskDelay(pdMS_TO_TICKS(waitMs));
    return tinyusb_cdcacm_read(port, bytes, n, &got) == ESP_OK ? got : 0;
}

bool link_write(const uint8_t *bytes, size_t n) {
    if (tud_cdc_n_write_available(port) < n) return false;
    const bool queued = tinyusb_cdcacm_write_queue(port, bytes, n) == n;
    tinyusb_cdcacm_write_flush(port, 0);
    return queued;
}
