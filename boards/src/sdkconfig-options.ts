import type { RealBoard } from './board.ts';
import { chipOf } from './chips.ts';

/** One line of sdkconfig.defaults: a Kconfig symbol without CONFIG_, or its absence. */
export interface Option {
  readonly name: string;
  readonly value: string | number | boolean;
  /** The first ESP-IDF release of each line that has the symbol, where not all supported ones do. */
  readonly since?: readonly string[];
  readonly why?: string;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly Option[];
}

function option(name: string, value: Option['value'], more: Partial<Option> = {}): Option {
  return { name, value, ...more };
}

const optimised: OptionGroup = {
  title: 'Time: the audio task meets its deadline, the rest of the system keeps out of its way',
  options: [
    option('COMPILER_OPTIMIZATION_PERF', true),
    option('FREERTOS_HZ', 1000),
    option('I2S_ISR_IRAM_SAFE', true, { why: 'I2S goes on while the flash is written' }),
    option('ESP_MAIN_TASK_AFFINITY_CPU0', true),
  ],
};

function flash({ memory }: RealBoard, partitionsFile: string): OptionGroup {
  const size = option(`ESPTOOLPY_FLASHSIZE_${memory.flashMb}MB`, true);
  const table = [
    option('PARTITION_TABLE_CUSTOM', true),
    option('PARTITION_TABLE_CUSTOM_FILENAME', partitionsFile, { why: 'from the project folder' }),
    option('BOOTLOADER_APP_ROLLBACK_ENABLE', true),
  ];
  return { title: 'Flash: two firmware slots, with roll-back', options: [size, ...table] };
}

function processor({ chip, memory }: RealBoard): OptionGroup {
  const options: Option[] = [];
  if (chip.family === 'esp32p4') {
    // The board's chip is older than revision 3, for which ESP-IDF builds by default where it knows both.
    options.push(
      option('ESP32P4_SELECTS_REV_LESS_V3', true, { since: ['5.4.4', '5.5.2'] }),
      option(`ESP_DEFAULT_CPU_FREQ_MHZ_${chip.cpuMhz}`, true, { since: ['5.3'] }),
    );
  } else options.push(option(`ESP_DEFAULT_CPU_FREQ_MHZ_${chip.cpuMhz}`, true));
  if (memory.usePsram) {
    options.push(option('SPIRAM', true));
    if (chip.family === 'esp32s3')
      options.push(
        option(memory.psramMode === 'octal' ? 'SPIRAM_MODE_OCT' : 'SPIRAM_MODE_QUAD', true),
      );
  } else if (memory.psramMb > 0)
    options.push(option('SPIRAM', false, { why: 'there, but the audio path needs none' }));
  return { title: 'Processor and memory', options };
}

/** The link has its interface for itself: nothing is printed into it. */
function consoleOf({ link, chip }: RealBoard): OptionGroup {
  const quiet = [option('BOOTLOADER_LOG_LEVEL_NONE', true), option('LOG_DEFAULT_LEVEL_WARN', true)];
  if (link.kind === 'uart')
    return {
      title: 'Console: none, the UART is the link',
      options: [option('ESP_CONSOLE_NONE', true), ...quiet],
    };
  // The chips with USB can print on it beside the UART, which is on by default.
  const secondary = chip.family === 'esp32' ? [] : [option('ESP_CONSOLE_SECONDARY_NONE', true)];
  return {
    title: 'Console: UART 0, USB is the link',
    options: [option('ESP_CONSOLE_UART_DEFAULT', true), ...secondary, ...quiet],
  };
}

function safety(board: RealBoard): OptionGroup {
  const dual = chipOf(board.chip.family).cores > 1;
  return {
    title: 'Watchdogs and brown-out: what hangs is reset, and the reset mutes',
    options: [
      option('BOOTLOADER_WDT_ENABLE', true),
      option('ESP_INT_WDT', true),
      option('ESP_INT_WDT_TIMEOUT_MS', 300),
      ...(dual ? [option('ESP_INT_WDT_CHECK_CPU1', true)] : []),
      option('ESP_TASK_WDT_EN', true),
      option('ESP_TASK_WDT_INIT', true),
      option('ESP_TASK_WDT_PANIC', true),
      option('ESP_TASK_WDT_TIMEOUT_S', 2),
      ...(dual
        ? [option('ESP_TASK_WDT_CHECK_IDLE_TASK_CPU1', false, { why: 'the audio task is watched' })]
        : []),
      option('ESP_BROWNOUT_DET', true),
      option('ESP_SYSTEM_PANIC_PRINT_REBOOT', true),
      option('FREERTOS_WATCHPOINT_END_OF_STACK', true),
    ],
  };
}

function coredump(board: RealBoard): OptionGroup[] {
  if (board.partitions.coredumpKb === 0) return [];
  const options = [
    option('ESP_COREDUMP_ENABLE_TO_FLASH', true),
    option('ESP_COREDUMP_DATA_FORMAT_ELF', true),
    option('ESP_COREDUMP_CHECKSUM_CRC32', true),
  ];
  return [{ title: 'Core dump into its partition', options }];
}

export function optionsOf(board: RealBoard, partitionsFile: string): readonly OptionGroup[] {
  return [
    { title: 'Chip', options: [option('IDF_TARGET', board.chip.family)] },
    processor(board),
    flash(board, partitionsFile),
    optimised,
    consoleOf(board),
    safety(board),
    ...coredump(board),
  ];
}
