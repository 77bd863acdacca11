/* A UART, mostly behind a USB bridge on the board. */
#include "board.h"
#include "driver/uart.h"
#include "freertos/FreeRTOS.h"
#include "link.h"

static const uart_port_t port = UART_NUM_0;

void link_start(void) {
    const uart_config_t config = {
        .baud_rate = ANC_BOARD_LINK_UART_BAUD,
        .data_bits = UART_DATA_8_BITS,
        .parity = UART_PARITY_DISABLE,
        .stop_bits = UART_STOP_BITS_1,
        .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
        .source_clk = UART_SCLK_DEFAULT,
    };
    ESP_ERROR_CHECK(uart_driver_install(port, LINK_RX_BYTES, LINK_TX_BYTES, 0, NULL, 0));
    ESP_ERROR_CHECK(uart_param_config(port, &config));
    ESP_ERROR_CHECK(uart_set_pin(port, ANC_BOARD_LINK_UART_TX_GPIO, ANC_BOARD_LINK_UART_RX_GPIO,
                                 UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE));
}

/* Two wires say nothing of who is at their end: the silence of a host is the core's affair. */
bool link_is_open(void) {
    return true;
}

size_t link_read(uint8_t *bytes, size_t n, uint32_t waitMs) {
    const int got = uart_read_bytes(port, bytes, (uint32_t)n, 0);
    if (got > 0 || waitMs == 0) return got > 0 ? (size_t)got : 0;
    /* Asked for all of n it would wait for the last of it: for one, then what is there. */
    if (uart_read_bytes(port, bytes, 1, pdMS_TO_TICKS(waitMs)) != 1) return 0;
    const int more = uart_read_bytes(port, bytes + 1, (uint32_t)n - 1, 0);
    return 1 + (more > 0 ? (size_t)more : 0);
}

/* The driver would wait where there is no room. */
bool link_write(const uint8_t *bytes, size_t n) {
    size_t room = 0;
    if (uart_get_tx_buffer_free_size(port, &room) != ESP_OK || room < n) return false;
    return uart_write_bytes(port, bytes, n) == (int)n;
}
