import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RealBoard } from './board.ts';
import { isReal } from './chips.ts';
import { emitBoardHeader } from './emit-esp.ts';
import { emitSdkconfig } from './emit-sdkconfig.ts';
import { emitSvg } from './emit-svg.ts';
import { BoardError } from './errors.ts';
import { generate } from './generate.ts';
import { boardsFolder, getBoard, loadBoards } from './load.ts';
import { emitPartitions } from './partitions.ts';
import { pinUses } from './pins.ts';

const root = dirname(boardsFolder());
const temporary = mkdtempSync(join(tmpdir(), 'anc-boards-'));
afterAll(() => rmSync(temporary, { recursive: true }));
const real = loadBoards().filter(isReal);
const byId = real.map((board): [string, RealBoard] => [board.id, board]);
const compiler = spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!compiler)('header (needs cc)', () => {
  const program = `#include "board.h"
#include <stdio.h>
static const struct { const char *name, *value; } parameters[] = {ANC_BOARD_PARAMETERS};
int main(void) {
    printf("%s %d %d %d %d %s=%s", ANC_BOARD_ID, ANC_BOARD_I2S_BCK_GPIO, ANC_BOARD_I2S_MCLK_GPIO,
           ANC_BOARD_BLOCK_FRAMES, ANC_BOARD_CODEC_I2C_ADDRESS, parameters[0].name,
           parameters[0].value);
    return ANC_BOARD_OUTPUT_LIMIT_DB <= 0.0 ? 0 : 1;
}
`;
  test.each(byId)('%s compiles without a warning and holds the file’s values', (id, board) => {
    const folder = join(temporary, id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'board.h'), emitBoardHeader(board));
    writeFileSync(join(folder, 'main.c'), program);
    const flags = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
    execFileSync('cc', [...flags, '-o', join(folder, 'a'), join(folder, 'main.c')]);
    const { bck, mclk = -1 } = board.pins.i2s;
    const address = (board.codec.i2cAddress ?? 0) * 2;
    expect(execFileSync(join(folder, 'a'), { encoding: 'utf8' })).toBe(
      `${id} ${bck} ${mclk} ${board.clocks.blockSamples} ${address} taps=${board.parameters['taps']}`,
    );
  });

  test('refuses another chip', () => {
    const folder = join(temporary, 'other');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'board.h'), emitBoardHeader(getBoard('esp32-lyrat') as RealBoard));
    writeFileSync(join(folder, 'sdkconfig.h'), '#define CONFIG_IDF_TARGET_ESP32S3 1\n');
    const { stderr, status } = spawnSync(
      'cc',
      ['-DESP_PLATFORM', '-I', folder, '-fsyntax-only', join(folder, 'board.h')],
      { encoding: 'utf8' },
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain('esp32-lyrat has an esp32: set IDF_TARGET');
  });
});

test.each(byId)('%s: partitions follow each other, aligned, within the flash', (_id, board) => {
  const rows = emitPartitions(board)
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(',').map((cell) => cell.trim()));
  let end = 0x9000;
  for (const [name, type, , offset, size] of rows) {
    expect(Number(offset), name).toBeGreaterThanOrEqual(end);
    expect(Number(offset) % (type === 'app' ? 0x10000 : 0x1000), name).toBe(0);
    end = Number(offset) + Number(size);
  }
  expect(end).toBeLessThanOrEqual(board.memory.flashMb * 2 ** 20);
  const names = rows.map(([name]) => name);
  expect(names).toEqual(['nvs', 'otadata', 'anc', 'ota_0', 'ota_1', 'coredump']);
  const sizes = rows.filter(([, type]) => type === 'app').map((row) => row[4]);
  expect(new Set(sizes).size).toBe(1);
});

test('sdkconfig.defaults says what the board is, and keeps the console off the link', () => {
  const lyrat = emitSdkconfig(getBoard('esp32-lyrat') as RealBoard);
  expect(lyrat).toContain('CONFIG_IDF_TARGET="esp32"\n');
  expect(lyrat).toContain('CONFIG_ESPTOOLPY_FLASHSIZE_4MB=y\n');
  expect(lyrat).toContain('CONFIG_ESP_CONSOLE_NONE=y\n');
  const c3 = emitSdkconfig(getBoard('esp32c3-mini') as RealBoard);
  expect(c3).toContain('CONFIG_ESP_DEFAULT_CPU_FREQ_MHZ_160=y\n');
  expect(c3).toContain('CONFIG_ESP_CONSOLE_SECONDARY_NONE=y\n');
  expect(c3).not.toContain('CPU1');
});

test('PSRAM is switched on where the board says so', () => {
  const board = getBoard('esp32s3-reference') as RealBoard;
  const text = emitSdkconfig({ ...board, memory: { ...board.memory, usePsram: true } });
  expect(text).toContain('CONFIG_SPIRAM=y\nCONFIG_SPIRAM_MODE_OCT=y\n');
  expect(
    emitSdkconfig({ ...board, partitions: { ...board.partitions, coredumpKb: 0 } }),
  ).not.toMatch(/COREDUMP/);
});

test.each(byId)('%s: the picture has every wire, and every end of it', (_id, board) => {
  const svg = emitSvg(board);
  const nets = board.wiring.flatMap((part) => Object.values(part.terminals));
  for (const { signal, gpio } of pinUses(board).filter((use) => nets.includes(use.signal))) {
    expect(svg, signal).toContain(`>${signal}</text>`);
    expect(svg, signal).toContain(`>GPIO${gpio}</text>`);
  }
  // One dot at each end of each wire: the chip's pin, the part that gives it, those that take it.
  const drawn = nets.filter((net) => !['3V3', '5V', 'GND'].includes(net));
  expect(svg.match(/<circle/g)).toHaveLength(drawn.length + new Set(drawn).size);
  const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  for (const [, x] of svg.matchAll(/ x="(\d+)"/g)) expect(Number(x)).toBeLessThan(Number(width));
  for (const [, y] of svg.matchAll(/ y="(\d+)"/g)) expect(Number(y)).toBeLessThan(Number(height));
});

describe('a board is one folder', () => {
  const copy = join(temporary, 'copy');
  const added = join(copy, 'boards', 'my-headset');
  cpSync(join(root, 'boards'), join(copy, 'boards'), {
    recursive: true,
    filter: (path) => !/node_modules|src/.test(path),
  });
  mkdirSync(join(copy, 'firmware', 'protocol'), { recursive: true });
  const table = 'firmware/protocol/parameters.yaml';
  cpSync(join(root, table), join(copy, table));

  test('which is generated from, checked for drift, and taken away again', () => {
    generate(copy, { check: false });
    expect(generate(copy, { check: true })).toEqual([]);
    mkdirSync(added);
    const text = readFileSync(join(copy, 'boards/esp32s3-reference/board.yaml'), 'utf8');
    writeFileSync(
      join(added, 'board.yaml'),
      text.replace('id: esp32s3-reference', 'id: my-headset').replace('bck: 4', 'bck: 17'),
    );
    const drift = generate(copy, { check: true }).map(({ path }) => path);
    const made = ['board.h', 'sdkconfig.defaults', 'partitions.csv'];
    expect(drift).toEqual([
      'docs/boards.md',
      'docs/boards/my-headset.md',
      'docs/boards/my-headset.svg',
      ...made.map((name) => `firmware/ports/esp-idf/generated/boards/my-headset/${name}`),
    ]);
    generate(copy, { check: false });
    const header = readFileSync(
      join(copy, 'firmware/ports/esp-idf/generated/boards/my-headset/board.h'),
      'utf8',
    );
    expect(header).toContain('#define ANC_BOARD_I2S_BCK_GPIO 17\n');
    rmSync(added, { recursive: true });
    expect(generate(copy, { check: true })).toContainEqual({
      path: 'firmware/ports/esp-idf/generated/boards/my-headset',
      change: 'removed',
    });
    generate(copy, { check: false });
    expect(existsSync(join(copy, 'docs/boards/my-headset.svg'))).toBe(false);
    expect(generate(copy, { check: true })).toEqual([]);
  });

  test('a fault in it stops the generator before it writes', () => {
    mkdirSync(added);
    const text = readFileSync(join(copy, 'boards/esp32s3-reference/board.yaml'), 'utf8');
    writeFileSync(
      join(added, 'board.yaml'),
      text.replace('id: esp32s3-reference', 'id: my-headset').replace('taps: 256', 'taps: 5'),
    );
    let caught: unknown;
    try {
      generate(copy, { check: false });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(BoardError);
    expect((caught as BoardError).findings.map(({ code, path }) => [code, path])).toEqual([
      ['BOARD_PARAMETER', '/parameters/taps'],
    ]);
    expect(existsSync(join(copy, 'docs/boards/my-headset.md'))).toBe(false);
  });
});
