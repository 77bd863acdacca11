/* Generated from boards/esp32c6-devkit/ by `npm run generate`. Do not edit. */
#ifndef ANC_BOARD_H
#define ANC_BOARD_H

#if defined ESP_PLATFORM
#include "sdkconfig.h"
#if !defined CONFIG_IDF_TARGET_ESP32C6
#error "esp32c6-devkit has an esp32c6: set IDF_TARGET"
#endif
#endif

#define ANC_BOARD_ID "esp32c6-devkit"
#define ANC_BOARD_NAME "ESP32-C6 development kit"

#define ANC_BOARD_SAMPLE_RATE_HZ 48000
#define ANC_BOARD_BLOCK_FRAMES 16 /* of a DMA descriptor */
#define ANC_BOARD_SLOT_BITS 32
#define ANC_BOARD_MCLK_MULTIPLE 256
#define ANC_BOARD_I2S_APLL 0
#define ANC_BOARD_I2S_TDM 0
#define ANC_BOARD_REFERENCE_SLOT 0
#define ANC_BOARD_ERROR_SLOT 1
#define ANC_BOARD_CODEC_NONE 1
#define ANC_BOARD_CODEC_ES8388 0
#define ANC_BOARD_CODEC_ES8311 0
#define ANC_BOARD_CODEC_I2C_ADDRESS 0 /* 8 bits, as esp_codec_dev takes it */

#define ANC_BOARD_DMA_DESCRIPTORS 2

#define ANC_BOARD_I2S_MCLK_GPIO (-1)
#define ANC_BOARD_I2S_BCK_GPIO 18
#define ANC_BOARD_I2S_WS_GPIO 19
#define ANC_BOARD_I2S_DOUT_GPIO 21
#define ANC_BOARD_I2S_DIN_GPIO 20
#define ANC_BOARD_I2S_BCK_COPY_GPIO (-1) /* carries the same signal */
#define ANC_BOARD_I2S_WS_COPY_GPIO (-1)
#define ANC_BOARD_I2C_SDA_GPIO (-1)
#define ANC_BOARD_I2C_SCL_GPIO (-1)
#define ANC_BOARD_MUTE_GPIO 22
#define ANC_BOARD_MUTE_LEVEL 0 /* that mutes */
#define ANC_BOARD_AMPLIFIER_GPIO 23
#define ANC_BOARD_AMPLIFIER_LEVEL 1 /* that turns it on */
#define ANC_BOARD_LED_GPIO 8
#define ANC_BOARD_LED_ADDRESSABLE 1
#define ANC_BOARD_SAFE_MODE_GPIO 9 /* low when pressed */

#define ANC_BOARD_LINK_USB_SERIAL_JTAG 1
#define ANC_BOARD_LINK_USB_CDC 0
#define ANC_BOARD_LINK_UART 0
#define ANC_BOARD_LINK_UART_TX_GPIO (-1)
#define ANC_BOARD_LINK_UART_RX_GPIO (-1)
#define ANC_BOARD_LINK_UART_BAUD 0

#define ANC_BOARD_MAX_TAPS 144
#define ANC_BOARD_MAX_SECONDARY_TAPS 96
#define ANC_BOARD_OUTPUT_LIMIT_DB (-3.0)
#define ANC_BOARD_ADDED_LATENCY_SAMPLES 55 /* expected; the loop-back test measures */
#define ANC_BOARD_SETTINGS_PARTITION "anc"
/* Start values of this board as {name, value} texts. */
#define ANC_BOARD_PARAMETERS \
    {"taps", "144"}, \
    {"algorithm", "fxnlms"}, \
    {"outputLimitDb", "-3"}, \
    {0, 0}

#endif
