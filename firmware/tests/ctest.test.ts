/**
 * Every CTest test of the C side as one test here, for the release, the sanitized and the checking build. Vitest's
 * global set-up has built them.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const firmware = fileURLToPath(new URL('..', import.meta.url));

interface CTestList {
  tests: { name: string }[];
}

function ctest(preset: string, ...options: string[]): string {
  return execFileSync('ctest', ['--preset', preset, ...options], {
    cwd: firmware,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function testNames(preset: string): string[] {
  const list = JSON.parse(ctest(preset, '--show-only=json-v1')) as CTestList;
  return list.tests.map((entry) => entry.name);
}

describe.each(['native', 'sanitize', 'check'])('ctest --preset %s', (preset) => {
  const names = testNames(preset);

  test('has tests', () => {
    expect(names.length).toBeGreaterThan(0);
  });

  test.each(names)('%s', (name) => {
    try {
      ctest(preset, '--tests-regex', `^${name}$`);
    } catch (error) {
      throw new Error((error as { stdout?: string }).stdout ?? String(error), { cause: error });
    }
  });
});
