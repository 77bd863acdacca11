/** Stable codes: what is wrong, and what to do about it. */
const hints = {
  BOARD_UNKNOWN: 'Take one of the ids listed, or add a folder with a board.yaml.',
  BOARD_UNREADABLE: 'Each folder of boards/ holds one board.yaml in YAML 1.2.',
  BOARD_INVALID: '`anc boards check` lists every fault with its field.',
  BOARD_SCHEMA: 'boards/board.schema.json says what a board file holds.',
  BOARD_ID: 'A board has the name of its folder.',
  BOARD_PARAMETER: 'docs/parameters.md lists the parameters with their ranges.',
  BOARD_PIN_ABSENT: 'Take a pin that this chip has; boards/src/chips.ts lists them.',
  BOARD_PIN_INPUT_ONLY: 'Take a pin that can drive a line; this one serves inputs only.',
  BOARD_PIN_FLASH: 'The flash chip needs this pin; take another.',
  BOARD_PIN_PSRAM: 'Octal PSRAM needs this pin; take another, or a module without it.',
  BOARD_PIN_USB: 'The link runs over this pin; take another pin, or another link.',
  BOARD_PIN_TWICE: 'Give each function a pin of its own.',
  BOARD_PIN_MCLK: 'The chip can put its master clock on few pins only; wire it to one of them.',
  BOARD_PIN_STRAPPING:
    'The chip reads this pin while it starts: take another, or say in pins.strapping why it is safe.',
  BOARD_STRAPPING_UNUSED: 'Take the entry out of pins.strapping, or correct its pin.',
  BOARD_LINK: 'Take a link that the chip has; a UART always works.',
  BOARD_CPU: 'Take a clock rate that ESP-IDF offers for the chip.',
  BOARD_CLOCK:
    'Bit clock: two slots of 16, 24 or 32 bits; master clock: a multiple that I2S takes.',
  BOARD_MICROPHONES: 'Two microphones share one data line: one in the left slot, one in the right.',
  BOARD_I2C: 'Give pins.i2c, or driver: none for a codec that needs no set-up.',
  BOARD_MUTE: 'Wire a mute or an amplifier-enable line: something must silence a crashed chip.',
  BOARD_LATENCY: 'addedSamples covers the sum of its parts, and not by more than one sample.',
  BOARD_LATENCY_DMA: 'Let one part with `of: dma` say descriptors × blockSamples.',
  BOARD_PARTITIONS: 'docs/add-a-board.md says how the flash is laid out.',
  BOARD_MEMORY: 'Say what the module has: its order code names flash and PSRAM.',
  BOARD_BUDGET: 'Shorten limits.maxTaps or limits.maxSecondaryTaps, or enlarge the blocks.',
  BOARD_WIRING: 'Each terminal goes to a signal of `pins`, to 3V3, 5V or GND, or to PART.TERMINAL.',
  BOARD_START: 'Give the parameter a start value within the limits of the board.',
  BOARD_KCONFIG: 'boards/src/sdkconfig-options.ts holds the symbols, `since` the release of each.',
  BOARD_IDF_UNREADABLE:
    'Name the folder that IDF_PATH is set to: it holds tools/cmake/version.cmake.',
  BOARD_RECOVERY: 'Name one of pins.buttons.',
} as const;

export type BoardErrorCode = keyof typeof hints;

/** One fault of a board file. `path` is the field's, as a JSON pointer. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: BoardErrorCode;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

export function finding(
  code: BoardErrorCode,
  path: string,
  message: string,
  severity: Finding['severity'] = 'error',
): Finding {
  return { severity, code, path, message, hint: hints[code] };
}

/** `message` names the file and the actual values; `code` is stable. */
export class BoardError extends Error {
  readonly code: BoardErrorCode;
  readonly hint: string;
  readonly findings: readonly Finding[];

  constructor(
    code: BoardErrorCode,
    message: string,
    options?: { cause?: unknown; findings?: readonly Finding[] },
  ) {
    super(message, options);
    this.name = 'BoardError';
    this.code = code;
    this.hint = hints[code];
    this.findings = options?.findings ?? [];
  }
}
