import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The libFuzzer harnesses, one C file each: what CMake builds as `build/fuzz/fuzz_NAME`. @param firmware its folder */
export function harnessesOf(firmware: string): string[] {
  return readdirSync(join(firmware, 'fuzz'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => name.slice(0, -2));
}
