/**
 * The instruction sets that QEMU runs here, with the flags that bring the core onto them. RISC-V takes Debian's picolibc with
 * semihosting. For Xtensa there is no C library: firmware/ports/emulated/xtensa has what the programs need of one.
 */
export interface InstructionSet {
  readonly name: string;
  /** whose cores speak it */
  readonly chips: string;
  readonly prefix: string;
  readonly compile: readonly string[];
  readonly link: readonly string[];
  /** folder under firmware/ports/emulated whose sources belong to each program */
  readonly library: string | null;
  readonly qemu: string;
  readonly machine: readonly string[];
  /** whether its libraries have double precision */
  readonly doubles: boolean;
}

/** The virt machine's memory: 4 MiB taken as flash, the rest as RAM. */
const memory = [
  '--oslib=semihost',
  '--crt0=semihost',
  '-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x400000',
  '-Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=0x3c00000',
];

function riscv(isa: string, abi: string, chips: string): InstructionSet {
  return {
    name: isa,
    chips,
    prefix: 'riscv64-unknown-elf-',
    // -misa-spec=2.2: CSR access with the 32-bit multilib
    compile: [
      '--specs=picolibc.specs',
      `-march=${isa}`,
      `-mabi=${abi}`,
      '-misa-spec=2.2',
      '-mcmodel=medany',
    ],
    link: [...memory, '-lm'],
    library: null,
    qemu: 'qemu-system-riscv32',
    machine: ['-M', 'virt', '-m', '64M', '-bios', 'none'],
    doubles: true,
  };
}

export const INSTRUCTION_SETS: readonly InstructionSet[] = [
  riscv('rv32imc', 'ilp32', 'ESP32-C3'),
  riscv('rv32imac', 'ilp32', 'ESP32-C6'),
  riscv('rv32imafc', 'ilp32f', 'ESP32-P4'),
  {
    name: 'xtensa-lx106',
    chips: 'Xtensa, call0 ABI',
    prefix: 'xtensa-lx106-elf-',
    // The library's own memset must not become a call of itself.
    compile: [
      '-ffreestanding',
      '-fno-tree-loop-distribute-patterns',
      '-DANC_NARROW_PRODUCTS',
      '-mlongcalls',
      '-mtext-section-literals',
      '-Ifirmware/ports/emulated/xtensa/include',
    ],
    link: [
      '-nostdlib',
      '-Wl,--no-warn-rwx-segments',
      '-Tfirmware/ports/emulated/xtensa/link.ld',
      '-lgcc',
    ],
    library: 'xtensa',
    qemu: 'qemu-system-xtensa',
    machine: ['-M', 'sim', '-m', '64M', '-cpu', 'lx106'],
    doubles: false,
  },
];
