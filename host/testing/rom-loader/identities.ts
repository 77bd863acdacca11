/** What the ROMs of the chips say of themselves. Addresses and fields: esptool's target files (targets/esp32*.py). */
export interface Identity {
  readonly family: string;
  readonly imageId: number;
  /** At 0x40001000. */
  readonly magic: number;
  /** ESP32's ROM does not know GET_SECURITY_INFO. */
  readonly hasSecurityInfo: boolean;
  readonly bootloaderOffset: number;
  readonly spiBase: number;
  readonly spi: {
    readonly usr: number;
    readonly usr2: number;
    readonly misoLength: number;
    readonly w0: number;
  };
  /** Printed at reset, before the line with the boot mode. */
  readonly banner: string;
  readonly downloadMode: string;
  readonly runMode: string;
  /** Registers that hosts read, for a MAC address. */
  readonly registers: (mac: Uint8Array) => ReadonlyMap<number, number>;
}

const spiOfEsp32 = { usr: 0x1c, usr2: 0x24, misoLength: 0x2c, w0: 0x80 };
const spiOfLater = { usr: 0x18, usr2: 0x20, misoLength: 0x28, w0: 0x58 };

function macWords(mac: Uint8Array): [low: number, high: number] {
  const view = new DataView(mac.buffer, mac.byteOffset);
  return [view.getUint32(2), view.getUint16(0)];
}

/** CRC-8 as in the efuses of the ESP32 (polynomial 0x31, reflected), beside its MAC. */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x8c : crc >>> 1;
  }
  return crc;
}

/** Efuse block 1 of the chips after the ESP32: MAC in words 0 and 1, then what is known of the die. */
function block1(base: number, words: Readonly<Record<number, number>>) {
  return (mac: Uint8Array): ReadonlyMap<number, number> => {
    const [low, high] = macWords(mac);
    const registers = new Map([
      [base, low],
      [base + 4, high],
    ]);
    for (const [word, value] of Object.entries(words))
      registers.set(base + 4 * Number(word), value);
    return registers;
  };
}

export const identities: readonly Identity[] = [
  {
    family: 'ESP32',
    imageId: 0,
    magic: 0x00f01d83,
    hasSecurityInfo: false,
    bootloaderOffset: 0x1000,
    spiBase: 0x3ff42000,
    spi: spiOfEsp32,
    banner: 'ets Jul 29 2019 12:21:46\r\n\r\n',
    downloadMode:
      'rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n',
    runMode: 'rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n',
    // ESP32-D0WD-V3, revision 3.0: package 1, the three revision bits set.
    registers: (mac) => {
      const [low, high] = macWords(mac);
      return new Map([
        [0x3ff5a004, low],
        [0x3ff5a008, high | (crc8(mac) << 16)],
        [0x3ff5a00c, (1 << 9) | (1 << 15)],
        [0x3ff5a014, 1 << 20],
        [0x3ff6607c, 0x80000000],
        [0x3ff40014, Math.round(40e6 / 115_200)],
      ]);
    },
  },
  {
    family: 'ESP32-S3',
    imageId: 9,
    magic: 0x09,
    hasSecurityInfo: true,
    bootloaderOffset: 0,
    spiBase: 0x60002000,
    spi: spiOfLater,
    banner: 'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n',
    downloadMode: 'rst:0x1 (POWERON),boot:0x0 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n',
    runMode: 'rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n',
    registers: block1(0x60007044, { 3: 2 << 18 }),
  },
  {
    family: 'ESP32-C3',
    imageId: 5,
    magic: 0x1b31506f,
    hasSecurityInfo: true,
    bootloaderOffset: 0,
    spiBase: 0x60002000,
    spi: spiOfLater,
    banner: 'ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n',
    downloadMode: 'rst:0x1 (POWERON),boot:0x5 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download\r\n',
    runMode: 'rst:0x1 (POWERON),boot:0xd (SPI_FAST_FLASH_BOOT)\r\n',
    registers: block1(0x60008844, { 3: 4 << 18 }),
  },
  {
    family: 'ESP32-C6',
    imageId: 13,
    magic: 0x2ce0806f,
    hasSecurityInfo: true,
    bootloaderOffset: 0,
    spiBase: 0x60003000,
    spi: spiOfLater,
    banner: 'ESP-ROM:esp32c6-20220919\r\nBuild:Sep 19 2022\r\n',
    downloadMode:
      'rst:0x1 (POWERON),boot:0x5 (DOWNLOAD(USB/UART0/SDIO_FEI_FEO))\r\nwaiting for download\r\n',
    runMode: 'rst:0x1 (POWERON),boot:0xd (SPI_FAST_FLASH_BOOT)\r\n',
    registers: block1(0x600b0844, { 3: 1 << 18 }),
  },
  {
    family: 'ESP32-P4',
    imageId: 18,
    magic: 0x0addbad0,
    hasSecurityInfo: true,
    bootloaderOffset: 0x2000,
    spiBase: 0x5008d000,
    spi: spiOfLater,
    banner: 'ESP-ROM:esp32p4-eco2-20240710\r\nBuild:Jul 10 2024\r\n',
    downloadMode:
      'rst:0x1 (POWERON),boot:0x307 (DOWNLOAD(USB/UART0/SPI))\r\nwaiting for download\r\n',
    runMode: 'rst:0x1 (POWERON),boot:0x30f (SPI_FAST_FLASH_BOOT)\r\n',
    // Revision 1.3: minor in bits 0 to 3, major in bits 4 and 5 of word 2.
    registers: block1(0x5012d044, { 2: 3 | (1 << 4) }),
  },
];

export function identityOf(family: string): Identity {
  const found = identities.find((identity) => identity.family === family);
  if (!found)
    throw new Error(`no chip '${family}': ${identities.map((one) => one.family).join(', ')}`);
  return found;
}
