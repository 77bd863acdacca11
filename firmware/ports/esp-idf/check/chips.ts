/** The chips of the family: who compiles for them here, and from which ESP-IDF on they are supported. */
export interface Chip {
  readonly family: string;
  /** A GCC of Debian. The Xtensa one is made for the lx106: it knows the language and the headers, not the core. */
  readonly compiler: string;
  readonly flags: readonly string[];
  readonly since: string;
}

const riscv = 'riscv64-unknown-elf-gcc';
const xtensa = 'xtensa-lx106-elf-gcc';
const isa = (march: string, mabi: string) => [`-march=${march}`, `-mabi=${mabi}`, '-misa-spec=2.2'];

export const chips: readonly Chip[] = [
  { family: 'esp32', compiler: xtensa, flags: [], since: '5.1' },
  { family: 'esp32s3', compiler: xtensa, flags: [], since: '5.1' },
  { family: 'esp32c3', compiler: riscv, flags: isa('rv32imc', 'ilp32'), since: '5.1' },
  { family: 'esp32c6', compiler: riscv, flags: isa('rv32imac', 'ilp32'), since: '5.1' },
  { family: 'esp32p4', compiler: riscv, flags: isa('rv32imafc', 'ilp32f'), since: '5.3' },
];

/** Whether release a comes before b. */
export function isOlder(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (x![i] ?? 0) - (y![i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
