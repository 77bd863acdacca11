#include "audio_io.h"

#include "driver/gpio.h"
#include "driver/i2s_std.h"
#include "esp_attr.h"
#include "esp_rom_gpio.h"
#include "soc/i2s_periph.h"
#include "soc/soc_caps.h"
#if ANC_BOARD_I2S_TDM
#include "driver/i2s_tdm.h"
#endif

#if ANC_BOARD_SLOT_BITS != 32
#error "the engine's samples are Q31: slots of 32 bits"
#endif

static const i2s_port_t port = I2S_NUM_0; /* mute_panic.c stops the same */

enum {
    BLOCK_BYTES = AUDIO_BLOCK_FRAMES * AUDIO_SLOTS * 4,
    /* A block lasts well under a millisecond: after so long the clock has stopped. */
    TIMEOUT_MS = 100,
};

#if SOC_CACHE_INTERNAL_MEM_VIA_L1CACHE
/* The driver would make the blocks longer, to whole lines of the cache. */
_Static_assert(BLOCK_BYTES % 64 == 0, "blocks of whole cache lines: 8 frames of two slots");
#endif

/* Both queues overflow when the audio task is late: a block of the microphones is lost, or zeros
 * are played. In RAM, because the flash may be being written. */
static bool IRAM_ATTR count_dropout(i2s_chan_handle_t channel, i2s_event_data_t *event,
                                    void *context) {
    (void)channel;
    (void)event;
    audio_io_t *io = context;
    atomic_fetch_add_explicit(&io->dropouts, 1, memory_order_relaxed);
    return false;
}

/* A part that the board's first pin does not reach. */
static void copy_signal(int gpio, uint32_t signal) {
    if (gpio < 0) return;
    gpio_set_direction((gpio_num_t)gpio, GPIO_MODE_OUTPUT);
    esp_rom_gpio_connect_out_signal((uint32_t)gpio, signal, false, false);
}

#if ANC_BOARD_I2S_TDM
static esp_err_t set_mode(i2s_chan_handle_t channel) {
    i2s_tdm_config_t config = {
        .clk_cfg = I2S_TDM_CLK_DEFAULT_CONFIG(ANC_BOARD_SAMPLE_RATE_HZ),
        .slot_cfg = I2S_TDM_PHILIPS_SLOT_DEFAULT_CONFIG(
            I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_STEREO, I2S_TDM_SLOT0 | I2S_TDM_SLOT1),
        .gpio_cfg = {.mclk = ANC_BOARD_I2S_MCLK_GPIO,
                     .bclk = ANC_BOARD_I2S_BCK_GPIO,
                     .ws = ANC_BOARD_I2S_WS_GPIO,
                     .dout = ANC_BOARD_I2S_DOUT_GPIO,
                     .din = ANC_BOARD_I2S_DIN_GPIO},
    };
    config.clk_cfg.mclk_multiple = (i2s_mclk_multiple_t)ANC_BOARD_MCLK_MULTIPLE;
#if ANC_BOARD_I2S_APLL
    config.clk_cfg.clk_src = I2S_CLK_SRC_APLL;
#endif
    return i2s_channel_init_tdm_mode(channel, &config);
}
#else
static esp_err_t set_mode(i2s_chan_handle_t channel) {
    i2s_std_config_t config = {
        .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(ANC_BOARD_SAMPLE_RATE_HZ),
        .slot_cfg =
            I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_STEREO),
        .gpio_cfg = {.mclk = ANC_BOARD_I2S_MCLK_GPIO,
                     .bclk = ANC_BOARD_I2S_BCK_GPIO,
                     .ws = ANC_BOARD_I2S_WS_GPIO,
                     .dout = ANC_BOARD_I2S_DOUT_GPIO,
                     .din = ANC_BOARD_I2S_DIN_GPIO},
    };
    config.clk_cfg.mclk_multiple = (i2s_mclk_multiple_t)ANC_BOARD_MCLK_MULTIPLE;
#if ANC_BOARD_I2S_APLL
    config.clk_cfg.clk_src = I2S_CLK_SRC_APLL;
#endif
    return i2s_channel_init_std_mode(channel, &config);
}
#endif

static bool count_dropouts(audio_io_t *io) {
    const i2s_event_callbacks_t played = {.on_send_q_ovf = count_dropout};
    const i2s_event_callbacks_t heard = {.on_recv_q_ovf = count_dropout};
    return i2s_channel_register_event_callback(io->tx, &played, io) == ESP_OK &&
           i2s_channel_register_event_callback(io->rx, &heard, io) == ESP_OK;
}

bool audio_io_open(audio_io_t *io) {
    i2s_chan_config_t channels = I2S_CHANNEL_DEFAULT_CONFIG(port, I2S_ROLE_MASTER);
    channels.dma_desc_num = ANC_BOARD_DMA_DESCRIPTORS;
    channels.dma_frame_num = AUDIO_BLOCK_FRAMES;
    channels.auto_clear = true; /* a late block is silence, not the one before again */
    atomic_init(&io->dropouts, 0);
    if (i2s_new_channel(&channels, &io->tx, &io->rx) != ESP_OK) return false;
    if (set_mode(io->tx) != ESP_OK || set_mode(io->rx) != ESP_OK) return false;
    copy_signal(ANC_BOARD_I2S_BCK_COPY_GPIO, i2s_periph_signal[port].m_tx_bck_sig);
    copy_signal(ANC_BOARD_I2S_WS_COPY_GPIO, i2s_periph_signal[port].m_tx_ws_sig);
    /* The loudspeaker first: its blocks end a little before those of the microphones, so that there
     * is always one to fill. */
    return count_dropouts(io) && i2s_channel_enable(io->tx) == ESP_OK &&
           i2s_channel_enable(io->rx) == ESP_OK;
}

bool IRAM_ATTR audio_io_read(audio_io_t *io, int32_t frames[AUDIO_BLOCK_FRAMES * AUDIO_SLOTS]) {
    size_t n = 0;
    return i2s_channel_read(io->rx, frames, BLOCK_BYTES, &n, TIMEOUT_MS) == ESP_OK &&
           n == BLOCK_BYTES;
}

bool IRAM_ATTR audio_io_write(audio_io_t *io,
                              const int32_t frames[AUDIO_BLOCK_FRAMES * AUDIO_SLOTS]) {
    size_t n = 0;
    return i2s_channel_write(io->tx, frames, BLOCK_BYTES, &n, TIMEOUT_MS) == ESP_OK &&
           n == BLOCK_BYTES;
}
