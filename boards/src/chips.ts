import type { Board, ChipFamily, Link, RealBoard } from './board.ts';

/** What a chip family allows, as far as a board file can be wrong about it. */
export interface Chip {
  readonly name: string;
  readonly cores: number;
  readonly maxMhz: number;
  readonly floatUnit: boolean;
  readonly gpios: ReadonlySet<number>;
  readonly inputOnly: ReadonlySet<number>;
  readonly strapping: ReadonlySet<number>;
  /** Wired to the SPI flash: a board that uses one of them for anything else does not boot. */
  readonly flash: ReadonlySet<number>;
  /** As well, where the PSRAM has eight data lines. */
  readonly octal: ReadonlySet<number>;
  readonly usbSerialJtag: ReadonlySet<number>;
  /** The only pins that can carry the master clock, where the chip restricts that. */
  readonly mclk: ReadonlySet<number> | null;
  readonly links: readonly Link['kind'][];
  readonly tdm: boolean;
  readonly apll: boolean;
  /** The first ESP-IDF that builds for it. */
  readonly sinceIdf: string;
}

function pins(...ranges: readonly (number | readonly [number, number])[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const range of ranges) {
    const [from, to] = typeof range === 'number' ? [range, range] : range;
    for (let gpio = from; gpio <= to; gpio++) all.add(gpio);
  }
  return all;
}

const none = pins();

/**
 * ESP-IDF v5.5.5: components/soc/<chip>/include/soc/soc_caps.h (SOC_GPIO_VALID_GPIO_MASK and the like) and
 * docs/en/api-reference/peripherals/gpio/<chip>.inc; the ESP32's master clock is checked in i2s_common.c.
 */
const chips: Readonly<Record<ChipFamily, Chip>> = {
  esp32: {
    name: 'ESP32',
    cores: 2,
    maxMhz: 240,
    floatUnit: true,
    gpios: pins([0, 23], [25, 27], [32, 39]),
    inputOnly: pins([34, 39]),
    strapping: pins(0, 2, 5, 12, 15),
    flash: pins([6, 11]),
    octal: none,
    usbSerialJtag: none,
    mclk: pins(0, 1, 3),
    links: ['uart'],
    tdm: false,
    apll: true,
    sinceIdf: '5.1',
  },
  esp32s3: {
    name: 'ESP32-S3',
    cores: 2,
    maxMhz: 240,
    floatUnit: true,
    gpios: pins([0, 21], [26, 48]),
    inputOnly: none,
    strapping: pins(0, 3, 45, 46),
    flash: pins([26, 32]),
    octal: pins([33, 37]),
    usbSerialJtag: pins(19, 20),
    mclk: null,
    links: ['usb-serial-jtag', 'usb-cdc', 'uart'],
    tdm: true,
    apll: false,
    sinceIdf: '5.1',
  },
  esp32c3: {
    name: 'ESP32-C3',
    cores: 1,
    maxMhz: 160,
    floatUnit: false,
    gpios: pins([0, 21]),
    inputOnly: none,
    strapping: pins(2, 8, 9),
    flash: pins([12, 17]),
    octal: none,
    usbSerialJtag: pins(18, 19),
    mclk: null,
    links: ['usb-serial-jtag', 'uart'],
    tdm: true,
    apll: false,
    sinceIdf: '5.1',
  },
  esp32c6: {
    name: 'ESP32-C6',
    cores: 1,
    maxMhz: 160,
    floatUnit: false,
    gpios: pins([0, 30]),
    inputOnly: none,
    strapping: pins(4, 5, 8, 9, 15),
    flash: pins([24, 30]),
    octal: none,
    usbSerialJtag: pins(12, 13),
    mclk: null,
    links: ['usb-serial-jtag', 'uart'],
    tdm: true,
    apll: false,
    sinceIdf: '5.1',
  },
  esp32p4: {
    name: 'ESP32-P4',
    cores: 2,
    maxMhz: 400,
    floatUnit: true,
    gpios: pins([0, 54]),
    inputOnly: none,
    strapping: pins([34, 38]),
    flash: none,
    octal: none,
    usbSerialJtag: pins(24, 25),
    mclk: null,
    links: ['usb-serial-jtag', 'usb-cdc', 'uart'],
    tdm: true,
    apll: true,
    sinceIdf: '5.3',
  },
};

/** Whether there is a board to hold in the hand, and not a process. */
export function isReal(board: Board): board is RealBoard {
  return board.chip.family in chips;
}

export function chipOf(family: ChipFamily): Chip {
  return chips[family];
}
