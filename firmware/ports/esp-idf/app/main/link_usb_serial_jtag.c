/* The chip's own USB converter: a serial port without a UART. */
#include "driver/usb_serial_jtag.h"
#include "freertos/FreeRTOS.h"
#include "link.h"

void link_start(void) {
    usb_serial_jtag_driver_config_t config = {.rx_buffer_size = LINK_RX_BYTES,
                                              .tx_buffer_size = LINK_TX_BYTES};
    ESP_ERROR_CHECK(usb_serial_jtag_driver_install(&config));
}

/* Tells by the frames of a host's bus: who has the port open cannot be seen. */
bool link_is_open(void) {
    return usb_serial_jtag_is_connected();
}

size_t link_read(uint8_t *bytes, size_t n, uint32_t waitMs) {
    const int got = usb_serial_jtag_read_bytes(bytes, (uint32_t)n, pdMS_TO_TICKS(waitMs));
    return got > 0 ? (size_t)got : 0;
}

/* Into the driver's ring buffer, which takes all or nothing. */
bool link_write(const uint8_t *bytes, size_t n) {
    return usb_serial_jtag_write_bytes(bytes, n, 0) == (int)n;
}
