import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { boardsFolder, examineBoard } from './load.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a board file on its way to being wrong
type Loose = any;

function findingsOf(id: string, edit: (board: Loose) => void): string[] {
  const board: Loose = parse(readFileSync(join(boardsFolder(), id, 'board.yaml'), 'utf8'));
  edit(board);
  const { findings } = examineBoard(stringify(board), id, 'board.yaml');
  return findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
}

const rules: [string, string, (board: Loose) => void, string[]][] = [
  [
    'a pin that the chip does not have',
    'esp32c3-mini',
    (b) => (b.pins.i2s.bck = 22),
    ['error BOARD_PIN_ABSENT /pins/i2s/bck'],
  ],
  [
    'a taken pin that the chip does not have',
    'esp32-lyrat',
    (b) => (b.pins.taken[0].gpio = 24),
    ['error BOARD_PIN_ABSENT /pins/taken/0/gpio'],
  ],
  [
    'an output on a pin that only listens',
    'esp32-lyrat',
    (b) => (b.pins.i2s.ws = 38),
    ['error BOARD_PIN_INPUT_ONLY /pins/i2s/ws'],
  ],
  ['an input on a pin that only listens', 'esp32-lyrat', (b) => (b.pins.i2s.din = 38), []],
  [
    'a pin of the flash',
    'esp32c6-devkit',
    (b) => (b.pins.mute.gpio = 24),
    ['error BOARD_PIN_FLASH /pins/mute/gpio'],
  ],
  [
    'a pin of the octal PSRAM',
    'esp32s3-reference',
    (b) => (b.pins.i2s.din = 36),
    ['error BOARD_PIN_PSRAM /pins/i2s/din'],
  ],
  [
    'the same pin with quad PSRAM',
    'esp32s3-reference',
    (b) => {
      b.pins.i2s.din = 36;
      b.memory.psramMode = 'quad';
    },
    [],
  ],
  [
    'a USB line of the link',
    'esp32c3-mini',
    (b) => (b.pins.i2s.dout = 19),
    ['error BOARD_PIN_USB /pins/i2s/dout'],
  ],
  [
    'one pin for two functions',
    'esp32s3-reference',
    (b) => (b.pins.mute.gpio = b.pins.amplifier.gpio),
    ['error BOARD_PIN_TWICE /pins/amplifier/gpio'],
  ],
  [
    'a pin that the board has taken',
    'esp32-lyrat',
    (b) => (b.pins.i2c.sda = 33),
    ['error BOARD_PIN_TWICE /pins/taken/11/gpio'],
  ],
  [
    'a master clock that the ESP32 cannot put there',
    'esp32-lyrat',
    (b) => {
      b.pins.i2s.mclk = 26;
      b.pins.i2s.dout = 23;
      b.pins.i2c.scl = 37;
      b.pins.strapping.shift();
    },
    ['error BOARD_PIN_MCLK /pins/i2s/mclk', 'error BOARD_PIN_INPUT_ONLY /pins/i2c/scl'],
  ],
  [
    'a strapping pin without a reason',
    'esp32c3-mini',
    (b) => (b.pins.mute.gpio = 8),
    ['warning BOARD_PIN_STRAPPING /pins/mute/gpio'],
  ],
  [
    'a reason for a pin that is no strapping pin',
    'esp32c6-devkit',
    (b) => b.pins.strapping.push({ gpio: 18, why: 'none' }),
    ['error BOARD_STRAPPING_UNUSED /pins/strapping/1/gpio'],
  ],
  [
    'a reason for a pin that is not used',
    'esp32c6-devkit',
    (b) => delete b.pins.led,
    ['error BOARD_STRAPPING_UNUSED /pins/strapping/0/gpio'],
  ],
  [
    'a link that the chip does not have',
    'esp32c3-mini',
    (b) => (b.link = { kind: 'usb-cdc' }),
    ['error BOARD_LINK /link/kind'],
  ],
  [
    'a clock rate that the chip does not have',
    'esp32c3-mini',
    (b) => (b.chip.cpuMhz = 240),
    ['error BOARD_CPU /chip/cpuMhz'],
  ],
  [
    'TDM on an I2S without it',
    'esp32-lyrat',
    (b) => (b.codec.mode = 'tdm'),
    ['error BOARD_CLOCK /codec/mode'],
  ],
  [
    'an audio PLL on a chip without it',
    'esp32s3-reference',
    (b) => (b.clocks.source = 'apll'),
    ['error BOARD_CLOCK /clocks/source'],
  ],
  [
    'a master clock of no multiple',
    'esp32-lyrat',
    (b) => (b.clocks.masterHz = 12000000),
    ['error BOARD_CLOCK /clocks/masterHz'],
  ],
  [
    'slots that I2S does not know',
    'esp32-lyrat',
    (b) => (b.clocks.bitHz = 1920000),
    ['error BOARD_CLOCK /clocks/bitHz'],
  ],
  [
    'samples longer than their slots',
    'esp32-lyrat',
    (b) => (b.clocks.bitHz = 1536000),
    ['error BOARD_CLOCK /codec/bits'],
  ],
  [
    'blocks of which the latency does not know',
    'esp32s3-reference',
    (b) => (b.clocks.blockSamples = 16),
    ['error BOARD_LATENCY_DMA /latency/parts'],
  ],
  [
    'no part for the DMA',
    'esp32s3-reference',
    (b) => delete b.latency.parts[2].of,
    ['error BOARD_LATENCY_DMA /latency/parts'],
  ],
  [
    'parts that exceed the figure used',
    'virtual-i2s',
    (b) => (b.latency.addedSamples = 12),
    ['error BOARD_LATENCY /latency/addedSamples'],
  ],
  [
    'partitions beyond the flash',
    'esp32c3-mini',
    (b) => (b.partitions.otaKb = 1984),
    ['error BOARD_PARTITIONS /partitions'],
  ],
  [
    'a firmware slot between two pages',
    'esp32c3-mini',
    (b) => (b.partitions.otaKb = 1900),
    ['error BOARD_PARTITIONS /partitions/otaKb'],
  ],
  [
    'settings between two sectors',
    'esp32c3-mini',
    (b) => (b.partitions.settingsKb = 63),
    ['error BOARD_PARTITIONS /partitions/settingsKb'],
  ],
  [
    'a PSRAM that the chip cannot have',
    'esp32c6-devkit',
    (b) => {
      b.memory.psramMb = 8;
      b.memory.psramMode = 'quad';
    },
    ['error BOARD_MEMORY /memory/psramMode'],
  ],
  [
    'a mode of no PSRAM',
    'esp32c6-devkit',
    (b) => (b.memory.psramMode = 'quad'),
    ['error BOARD_MEMORY /memory/psramMode'],
  ],
  [
    'use of no PSRAM',
    'esp32c6-devkit',
    (b) => (b.memory.usePsram = true),
    ['error BOARD_MEMORY /memory/usePsram'],
  ],
  [
    'filters that the cycles do not reach for',
    'esp32c3-mini',
    (b) => (b.limits.maxTaps = 256),
    ['error BOARD_BUDGET /limits/maxTaps'],
  ],
  [
    'both microphones in one slot',
    'esp32s3-reference',
    (b) => (b.codec.microphones.error = 'left'),
    ['error BOARD_MICROPHONES /codec/microphones'],
  ],
  [
    'a codec that nobody can reach',
    'esp32-lyrat',
    (b) => {
      delete b.pins.i2c;
      delete b.wiring[0].terminals.CDATA;
      delete b.wiring[0].terminals.CCLK;
    },
    ['error BOARD_I2C /pins/i2c'],
  ],
  [
    'nothing that can mute',
    'esp32s3-reference',
    (b) => {
      delete b.pins.mute;
      delete b.pins.amplifier;
      delete b.wiring[2].terminals.XSMT;
      delete b.wiring[3].terminals.EN;
    },
    ['error BOARD_MUTE /pins'],
  ],
  [
    'a terminal that goes nowhere',
    'esp32s3-reference',
    (b) => (b.wiring[0].terminals['L/R'] = '1V8'),
    ['error BOARD_WIRING /wiring/0/terminals/L~1R'],
  ],
  [
    'a line of the audio path that nothing is wired to',
    'esp32s3-reference',
    (b) => (b.wiring[2].terminals.DIN = 'GND'),
    ['error BOARD_WIRING /pins/i2s/dout'],
  ],
  [
    'one microphone',
    'esp32-lyrat',
    (b) => (b.wiring[2].kind = 'converter'),
    ['error BOARD_WIRING /wiring'],
  ],
  [
    'two parts of one name',
    'esp32-lyrat',
    (b) => (b.wiring[1].id = 'mic-error'),
    ['error BOARD_WIRING /wiring/2/id'],
  ],
  [
    'a part with the name of a group of signals',
    'esp32-lyrat',
    (b) => (b.wiring[1].id = 'i2s'),
    ['error BOARD_WIRING /wiring/1/id'],
  ],
  [
    'a button that is not there',
    'esp32-lyrat',
    (b) => (b.recovery.safeModeButton = 'play'),
    ['error BOARD_RECOVERY /recovery/safeModeButton'],
  ],
  [
    'more taps at the start than the limit',
    'esp32-lyrat',
    (b) => (b.parameters.taps = 512),
    ['error BOARD_START /parameters/taps'],
  ],
  [
    'the table’s output limit on a board with a lower one',
    'esp32-lyrat',
    (b) => delete b.parameters.outputLimitDb,
    ['error BOARD_START /parameters/outputLimitDb'],
  ],
  [
    'normal equations without floating point',
    'esp32c6-devkit',
    (b) => (b.parameters.algorithm = 'normalEquations'),
    ['error BOARD_START /parameters/algorithm'],
  ],
  ['a folder of another name', 'virtual-i2s', (b) => (b.id = 'other'), ['error BOARD_ID /id']],
];
test.each(rules)('%s', (_what, id, edit, expected) => {
  expect(findingsOf(id, edit)).toEqual(expected);
});

const shapes: [string, string, (board: Loose) => void, string][] = [
  ['a chip without pins', 'esp32-lyrat', (b) => delete b.pins, '/'],
  ['a virtual headset with pins', 'virtual-i2s', (b) => (b.pins = { buttons: [] }), '/pins'],
  ['a chip without a clock rate', 'esp32-lyrat', (b) => delete b.chip.cpuMhz, '/chip'],
  ['a codec without an address', 'esp32-lyrat', (b) => delete b.codec.i2cAddress, '/codec'],
  ['a UART without a rate', 'esp32-lyrat', (b) => delete b.link.baud, '/link'],
  ['a rate without a UART', 'esp32c3-mini', (b) => (b.link.baud = 115200), '/link/baud'],
  [
    'a latency without a basis',
    'esp32-lyrat',
    (b) => delete b.latency.parts[1].basis,
    '/latency/parts/1',
  ],
  ['one DMA descriptor', 'esp32-lyrat', (b) => (b.dma.descriptors = 1), '/dma/descriptors'],
  ['a pin of no chip', 'esp32-lyrat', (b) => (b.pins.i2s.bck = 99), '/pins/i2s/bck'],
  ['no way into the loader', 'esp32-lyrat', (b) => delete b.recovery.downloadMode, '/recovery'],
  ['no USB id', 'esp32-lyrat', (b) => (b.usb.ids = []), '/usb/ids'],
];
test.each(shapes)('%s is against the schema', (_what, id, edit, path) => {
  expect(findingsOf(id, edit)).toContain(`error BOARD_SCHEMA ${path}`);
});

test('every fault is found, not the first alone', () => {
  const found = findingsOf('esp32s3-reference', (b) => {
    b.pins.i2s.bck = 23;
    b.pins.i2s.ws = 35;
    b.chip.cpuMhz = 400;
    b.partitions.otaKb = 4096;
  });
  expect(found).toEqual([
    'error BOARD_PIN_ABSENT /pins/i2s/bck',
    'error BOARD_PIN_PSRAM /pins/i2s/ws',
    'error BOARD_CPU /chip/cpuMhz',
    'error BOARD_PARTITIONS /partitions',
  ]);
});
