/** Each libFuzzer harness for a few seconds; `npm run soak -- fuzz` runs them for minutes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { harnessesOf } from './harnesses.ts';

const firmware = fileURLToPath(new URL('..', import.meta.url));
const hasClang = spawnSync('clang-14', ['--version']).status === 0;
if (!hasClang) process.stderr.write('skipped: fuzzing, because clang-14 is not installed\n');

describe.skipIf(!hasClang)('libFuzzer', () => {
  beforeAll(() => {
    execFileSync('cmake', ['--preset', 'fuzz'], { cwd: firmware, stdio: 'pipe' });
    execFileSync('cmake', ['--build', 'build/fuzz'], { cwd: firmware, stdio: 'pipe' });
  }, 120_000);

  test.each(harnessesOf(firmware))('finds nothing in %s', (name) => {
    const run = spawnSync(
      `build/fuzz/fuzz_${name}`,
      ['-max_total_time=4', '-seed=1', '-print_final_stats=1', '-artifact_prefix=build/fuzz/'],
      { cwd: firmware, encoding: 'utf8' },
    );
    const executed = Number(/stat::number_of_executed_units: (\d+)/.exec(run.stderr)?.[1]);
    expect(run.status, run.stderr).toBe(0);
    expect(executed).toBeGreaterThan(1000);
  });
});
