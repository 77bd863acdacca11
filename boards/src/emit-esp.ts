import type { RealBoard, SwitchedPin } from './board.ts';
import { literal } from './emit-c.ts';

type Value = string | number | boolean;

const absent = -1;

function define(name: string, value: Value, comment?: string): string {
  const text =
    typeof value === 'boolean' ? Number(value) : value === absent ? '(-1)' : String(value);
  return `#define ANC_BOARD_${name} ${text}${comment ? ` /* ${comment} */` : ''}`;
}

function switched(name: string, pin: SwitchedPin | undefined, meaning: string): string[] {
  return [
    define(`${name}_GPIO`, pin?.gpio ?? absent),
    define(`${name}_LEVEL`, pin?.active === 'high' ? 1 : 0, meaning),
  ];
}

function linkDefines({ link }: RealBoard): string[] {
  const uart = link.kind === 'uart' ? link : null;
  return [
    define('LINK_USB_SERIAL_JTAG', link.kind === 'usb-serial-jtag'),
    define('LINK_USB_CDC', link.kind === 'usb-cdc'),
    define('LINK_UART', link.kind === 'uart'),
    define('LINK_UART_TX_GPIO', uart?.tx ?? absent),
    define('LINK_UART_RX_GPIO', uart?.rx ?? absent),
    define('LINK_UART_BAUD', uart?.baud ?? 0),
  ];
}

function codecDefines({ codec, clocks, sampleRateHz }: RealBoard): string[] {
  const slot = (of: 'reference' | 'error') => (codec.microphones[of] === 'left' ? 0 : 1);
  return [
    define('SAMPLE_RATE_HZ', sampleRateHz),
    define('BLOCK_FRAMES', clocks.blockSamples, 'of a DMA descriptor'),
    define('SLOT_BITS', clocks.bitHz / sampleRateHz / 2),
    define('MCLK_MULTIPLE', clocks.masterHz / sampleRateHz),
    define('I2S_APLL', clocks.source === 'apll'),
    define('I2S_TDM', codec.mode === 'tdm'),
    define('REFERENCE_SLOT', slot('reference')),
    define('ERROR_SLOT', slot('error')),
    define('CODEC_NONE', codec.driver === 'none'),
    define('CODEC_ES8388', codec.driver === 'es8388'),
    define('CODEC_ES8311', codec.driver === 'es8311'),
    define('CODEC_I2C_ADDRESS', (codec.i2cAddress ?? 0) * 2, '8 bits, as esp_codec_dev takes it'),
  ];
}

function pinDefines({ pins, recovery }: RealBoard): string[] {
  const { i2s, i2c, led } = pins;
  const safeMode = pins.buttons.find((button) => button.name === recovery.safeModeButton);
  return [
    define('I2S_MCLK_GPIO', i2s.mclk ?? absent),
    define('I2S_BCK_GPIO', i2s.bck),
    define('I2S_WS_GPIO', i2s.ws),
    define('I2S_DOUT_GPIO', i2s.dout),
    define('I2S_DIN_GPIO', i2s.din),
    define('I2S_BCK_COPY_GPIO', i2s.bckCopy ?? absent, 'carries the same signal'),
    define('I2S_WS_COPY_GPIO', i2s.wsCopy ?? absent),
    define('I2C_SDA_GPIO', i2c?.sda ?? absent),
    define('I2C_SCL_GPIO', i2c?.scl ?? absent),
    ...switched('MUTE', pins.mute, 'that mutes'),
    ...switched('AMPLIFIER', pins.amplifier, 'that turns it on'),
    define('LED_GPIO', led?.gpio ?? absent),
    define('LED_ADDRESSABLE', led?.kind === 'addressable'),
    define('SAFE_MODE_GPIO', safeMode?.gpio ?? absent, 'low when pressed'),
  ];
}

function settingDefines(board: RealBoard): string[] {
  const { limits, latency, parameters } = board;
  const rows = Object.entries(parameters).map(
    ([name, value]) => `    {${literal(name)}, ${literal(String(value))}},`,
  );
  return [
    define('MAX_TAPS', limits.maxTaps),
    define('MAX_SECONDARY_TAPS', limits.maxSecondaryTaps),
    define(
      'OUTPUT_LIMIT_DB',
      limits.outputLimitDb < 0
        ? `(${limits.outputLimitDb.toFixed(1)})`
        : limits.outputLimitDb.toFixed(1),
    ),
    define('ADDED_LATENCY_SAMPLES', latency.addedSamples, 'expected; the loop-back test measures'),
    define('SETTINGS_PARTITION', literal('anc')),
    '/* Start values of this board as {name, value} texts. */',
    `#define ANC_BOARD_PARAMETERS${['', ...rows, '    {0, 0}'].join(' \\\n')}`,
  ];
}

/** One board's constants for firmware/ports/esp-idf. A pin that is not there is -1. */
export function emitBoardHeader(board: RealBoard): string {
  const target = `CONFIG_IDF_TARGET_${board.chip.family.toUpperCase()}`;
  const groups = [
    [define('ID', literal(board.id)), define('NAME', literal(board.name))],
    codecDefines(board),
    [define('DMA_DESCRIPTORS', board.dma.descriptors)],
    pinDefines(board),
    linkDefines(board),
    settingDefines(board),
  ];
  return `/* Generated from boards/${board.id}/ by \`npm run generate\`. Do not edit. */
#ifndef ANC_BOARD_H
#define ANC_BOARD_H

#if defined ESP_PLATFORM
#include "sdkconfig.h"
#if !defined ${target}
#error "${board.id} has an ${board.chip.family}: set IDF_TARGET"
#endif
#endif

${groups.map((group) => group.join('\n')).join('\n\n')}

#endif
`;
}
