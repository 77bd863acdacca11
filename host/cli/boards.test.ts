import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardsFolder, loadBoards } from '@anc/boards';
import { afterAll, describe, expect, test } from 'vitest';
import { anc, CLI_MISSING } from './testing.ts';

const temporary = mkdtempSync(join(tmpdir(), 'anc-boards-cli-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function folderWith(name: string, edit: (text: string) => string): string {
  const folder = join(temporary, name);
  mkdirSync(folder, { recursive: true });
  const text = readFileSync(join(boardsFolder(), 'esp32-lyrat', 'board.yaml'), 'utf8');
  writeFileSync(join(folder, 'board.yaml'), edit(text));
  return folder;
}

describe.skipIf(CLI_MISSING)('anc boards', () => {
  test('list has every board, as a table and as JSON', async () => {
    const ids = loadBoards().map(({ id }) => id);
    const table = await anc(['boards', 'list']);
    expect(table.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'board',
      ...ids,
      '',
    ]);
    const json = await anc(['boards', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(loadBoards())));
  });

  test('show has pins, flash and what to do when the headset does not answer', async () => {
    const { stdout, code } = await anc(['boards', 'show', 'esp32c3-mini']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/GPIO9 +button boot/);
    expect(stdout).toMatch(/ota_1 +ota_1 +0x200000 +1920 KiB/);
    expect(stdout).toMatch(/loader in the ROM\n +1\. Hold 9/);
    const json = await anc(['boards', 'show', 'esp32c3-mini', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      chip: { family: 'esp32c3' },
      derived: { latencyMs: 1.15, budget: { allowedShare: 0.8 } },
    });
  });

  test('show of an unknown board names the known ones', async () => {
    const { stderr, code } = await anc(['boards', 'show', 'headset-9000', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'BOARD_UNKNOWN',
      message: /esp32-lyrat/,
    });
  });

  test('check finds nothing in this repository', async () => {
    const { stdout, code } = await anc(['boards', 'check']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/boards, 0 errors, 0 warnings\n$/)]);
  });

  test('check lists every fault with code, field and hint, and fails', async () => {
    const folder = folderWith('esp32-lyrat', (text) =>
      text.replace('dout: 26', 'dout: 38').replace('otaKb: 1920', 'otaKb: 2048'),
    );
    const { stdout, code } = await anc(['boards', 'check', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/error\[BOARD_PIN_INPUT_ONLY\] \/pins\/i2s\/dout: GPIO38 .*\n +hint: /);
    expect(stdout).toMatch(/error\[BOARD_PARTITIONS\] \/partitions: end at \d+ KiB/);
    expect(stdout).toMatch(/1 board, 2 errors, 0 warnings\n$/);
    const json = await anc(['boards', 'check', join(folder, 'board.yaml'), '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)[0].findings.map((f: { code: string }) => f.code)).toEqual([
      'BOARD_PIN_INPUT_ONLY',
      'BOARD_PARTITIONS',
    ]);
  });

  test('a warning is told and is no failure', async () => {
    const folder = folderWith('warned/esp32-lyrat', (text) =>
      text.replace(/^ +- gpio: 5\n +why.*\n|^ +- \{ gpio: 5, why.*\n/m, ''),
    );
    const { stdout, code } = await anc(['boards', 'check', folder]);
    expect(stdout).toMatch(/warning\[BOARD_PIN_STRAPPING\] \/pins\/i2s\/bck/);
    expect(code).toBe(0);
  });

  test('among several boards one that is no YAML does not hide the others', async () => {
    const several = join(temporary, 'several');
    folderWith('several/esp32-lyrat', (text) => text.replace('ws: 25', 'ws: 24'));
    folderWith('several/torn', (text) => `${text.slice(0, 300)}\n  [`);
    const { stdout, code } = await anc(['boards', 'check', several]);
    expect(code).toBe(1);
    expect(stdout).toContain('error[BOARD_PIN_ABSENT] /pins/i2s/ws');
    expect(stdout).toContain('error[BOARD_UNREADABLE] /');
  });

  test('a path without boards, and an ESP-IDF that is none, are bad input', async () => {
    for (const args of [[join(temporary, 'nothing')], ['--idf', temporary]]) {
      const { stderr, code } = await anc(['boards', 'check', ...args]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/error\[BOARD_(IDF_)?UNREADABLE\].*\nhint: /);
    }
  });
});
