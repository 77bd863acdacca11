import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RealBoard } from './board.ts';
import { partitionsFile } from './emit-sdkconfig.ts';
import { checkKconfig, hasSince, openIdf } from './kconfig.ts';
import { getBoard } from './load.ts';
import { optionsOf } from './sdkconfig-options.ts';

const temporary = mkdtempSync(join(tmpdir(), 'anc-idf-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** A tree with the symbols of a board, each in a file of its own kind. */
function fakeIdf(name: string, version: string, files: Record<string, readonly string[]>): string {
  const folder = join(temporary, name);
  const [major, minor, patch] = version.split('.');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write(
    'tools/cmake/version.cmake',
    `set(IDF_VERSION_MAJOR ${major})\nset(IDF_VERSION_MINOR ${minor})\nset(IDF_VERSION_PATCH ${patch})\n`,
  );
  for (const [path, symbols] of Object.entries(files))
    write(path, symbols.map((symbol) => `    config ${symbol}\n        bool "x"\n`).join('\n'));
  return folder;
}

function symbolsOf(id: string): string[] {
  const board = getBoard(id) as RealBoard;
  return optionsOf(board, partitionsFile(id)).flatMap((group) => group.options.map((o) => o.name));
}

function check(id: string, folder: string) {
  return checkKconfig(getBoard(id) as RealBoard, openIdf(folder)).map(({ path }) => path);
}

test('a symbol that a release does not have is found', () => {
  const all = symbolsOf('esp32-lyrat');
  const folder = fakeIdf('whole', '5.1.7', {
    Kconfig: all.slice(0, 9),
    'components/a/Kconfig.projbuild': all.slice(9),
  });
  expect(check('esp32-lyrat', folder)).toEqual([]);
  const without = all.filter((name) => name !== 'I2S_ISR_IRAM_SAFE');
  expect(check('esp32-lyrat', fakeIdf('old', '5.1.7', { Kconfig: without }))).toEqual([
    'CONFIG_I2S_ISR_IRAM_SAFE',
  ]);
});

test('what another chip or an example defines does not count', () => {
  const all = symbolsOf('esp32c3-mini');
  const rest = all.slice(2);
  const folder = fakeIdf('others', '5.5.2', {
    'components/a/esp32c3/Kconfig': rest,
    'components/a/esp32s3/Kconfig': [all[0] ?? ''],
    'examples/Kconfig': [all[1] ?? ''],
  });
  expect(check('esp32c3-mini', folder)).toEqual(all.slice(0, 2).map((name) => `CONFIG_${name}`));
});

test('a symbol is expected from its release on, in every line it was brought to', () => {
  expect(hasSince('5.4.3', ['5.4.4', '5.5.2'])).toBe(false);
  expect(hasSince('5.4.10', ['5.4.4', '5.5.2'])).toBe(true);
  expect(hasSince('5.5.1', ['5.4.4', '5.5.2'])).toBe(false);
  expect(hasSince('5.3.5', ['5.4.4', '5.5.2'])).toBe(false);
  expect(hasSince('6.0.0', ['5.4.4', '5.5.2'])).toBe(true);
  const all = symbolsOf('esp32p4-function-ev');
  const newer = fakeIdf('newer', '5.3.0', { Kconfig: all });
  expect(check('esp32p4-function-ev', newer)).toEqual(['CONFIG_ESP32P4_SELECTS_REV_LESS_V3']);
});

test('a release before the chip has nothing to say of it', () => {
  expect(check('esp32p4-function-ev', fakeIdf('before', '5.2.0', { Kconfig: [] }))).toEqual([]);
});

test('a folder that is no ESP-IDF is refused', () => {
  const broken = fakeIdf('broken', '5.1.0', {});
  writeFileSync(join(broken, 'tools/cmake/version.cmake'), 'set(IDF_VERSION_MAJOR 5)\n');
  for (const folder of [temporary, broken])
    expect(() => openIdf(folder)).toThrow(
      expect.objectContaining({ code: 'BOARD_IDF_UNREADABLE' }),
    );
});
