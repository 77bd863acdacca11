/*
 * The codec chip through Espressif's esp_codec_dev: only its drivers of the chips' registers. The
 * samples do not go through it, its reads and writes would cost a block of latency.
 */
#include "audio_io.h"

#if ANC_BOARD_CODEC_NONE

bool codec_start(void) {
    return true;
}

void codec_mute(bool muted) {
    (void)muted;
}

#else

#include "esp_codec_dev_defaults.h"
#include "esp_idf_version.h"

/* The same choice as esp_codec_dev makes. */
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 3, 0) && !CONFIG_CODEC_I2C_BACKWARD_COMPATIBLE
#include "driver/i2c_master.h"
#define HAS_I2C_MASTER 1
#else
#include "driver/i2c.h"
#define HAS_I2C_MASTER 0
#endif

enum { I2C_HZ = 100000 };
static const i2c_port_t port = I2C_NUM_0;

static const audio_codec_if_t *codec;

#if HAS_I2C_MASTER
static bool start_bus(audio_codec_i2c_cfg_t *config) {
    const i2c_master_bus_config_t bus = {
        .i2c_port = port,
        .sda_io_num = ANC_BOARD_I2C_SDA_GPIO,
        .scl_io_num = ANC_BOARD_I2C_SCL_GPIO,
        .clk_source = I2C_CLK_SRC_DEFAULT,
        .glitch_ignore_cnt = 7,
        .flags.enable_internal_pullup = true,
    };
    i2c_master_bus_handle_t handle;
    if (i2c_new_master_bus(&bus, &handle) != ESP_OK) return false;
    config->bus_handle = handle;
    return true;
}
#else
static bool start_bus(audio_codec_i2c_cfg_t *config) {
    (void)config;
    const i2c_config_t bus = {
        .mode = I2C_MODE_MASTER,
        .sda_io_num = ANC_BOARD_I2C_SDA_GPIO,
        .scl_io_num = ANC_BOARD_I2C_SCL_GPIO,
        .sda_pullup_en = true,
        .scl_pullup_en = true,
        .master.clk_speed = I2C_HZ,
    };
    return i2c_param_config(port, &bus) == ESP_OK &&
           i2c_driver_install(port, I2C_MODE_MASTER, 0, 0, 0) == ESP_OK;
}
#endif

/* set_vol takes decibels of the converter, not of an amplifier that it assumes. */
static const esp_codec_dev_hw_gain_t neutral = {.pa_voltage = 1, .codec_dac_voltage = 1};

/* The amplifier's pin is ours (mute.c): none is given to the driver. */
static const audio_codec_if_t *new_codec(const audio_codec_ctrl_if_t *control) {
#if ANC_BOARD_CODEC_ES8388
    es8388_codec_cfg_t config = {
        .ctrl_if = control,
        .gpio_if = audio_codec_new_gpio(),
        .codec_mode = ESP_CODEC_DEV_WORK_MODE_BOTH,
        .pa_pin = -1,
        .hw_gain = neutral,
    };
    return es8388_codec_new(&config);
#elif ANC_BOARD_CODEC_ES8311
    es8311_codec_cfg_t config = {
        .ctrl_if = control,
        .gpio_if = audio_codec_new_gpio(),
        .codec_mode = ESP_CODEC_DEV_WORK_MODE_BOTH,
        .pa_pin = -1,
        .hw_gain = neutral,
        .use_mclk = ANC_BOARD_I2S_MCLK_GPIO >= 0,
        .no_dac_ref = true, /* the second slot is the other microphone's, not our own output */
        .mclk_div = ANC_BOARD_MCLK_MULTIPLE,
    };
    return es8311_codec_new(&config);
#else
#error "board.h names a codec without a driver here"
#endif
}

bool codec_start(void) {
    audio_codec_i2c_cfg_t bus = {.port = port, .addr = ANC_BOARD_CODEC_I2C_ADDRESS};
    if (!start_bus(&bus)) return false;
    const audio_codec_ctrl_if_t *control = audio_codec_new_i2c_ctrl(&bus);
    codec = control ? new_codec(control) : NULL;
    if (!codec) return false;
    esp_codec_dev_sample_info_t format = {
        .bits_per_sample = 32,
        .channel = AUDIO_SLOTS,
        .sample_rate = ANC_BOARD_SAMPLE_RATE_HZ,
        .mclk_multiple = ANC_BOARD_MCLK_MULTIPLE,
    };
    /* Muted before the converter starts, and at 0 dB: levels are the engine's. */
    return codec->mute(codec, true) == 0 && codec->set_fs(codec, &format) == 0 &&
           codec->enable(codec, true) == 0 && codec->mute(codec, true) == 0 &&
           codec->set_vol(codec, 0) == 0;
}

void codec_mute(bool muted) {
    if (codec) codec->mute(codec, muted);
}

#endif
