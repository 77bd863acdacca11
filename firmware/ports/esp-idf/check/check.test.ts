/** The app against the headers of ESP-IDF, where IDF_PATH names one; and what of its build can be checked without. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOlder } from './chips.ts';
import { compileBoard, readBoards, unsupported } from './compile.ts';
import type { CheckError } from './errors.ts';
import { componentsIn, evaluateComponent, type Idf, missingTool, openIdf } from './idf.ts';

const firmware = 'firmware';
const port = join(firmware, 'ports', 'esp-idf');
const main = join(port, 'app', 'main');
const idfPath = process.env['IDF_PATH'];
const IDF_MISSING = idfPath === undefined ? 'IDF_PATH is not set' : missingTool();
if (IDF_MISSING !== null)
  process.stderr.write(`skipped: the ESP-IDF app against real headers, because ${IDF_MISSING}\n`);

const names = (files: readonly string[]) => files.map((file) => basename(file)).sort();
const sourcesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, name));
const core = sourcesBelow(join(firmware, 'core')).filter((file) => !file.includes('/controllers/'));
const boards = readBoards();

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'anc-idf-test-'));
  writeFileSync(join(out, 'sdkconfig.cmake'), 'set(CONFIG_ANC_SIGNAL_RING_SAMPLES 1024)\n');
});
afterAll(() => rmSync(out, { recursive: true }));

describe('the build files, without ESP-IDF', () => {
  const noIdf = (version: string): Idf => ({
    path: out,
    version,
    components: [join(process.cwd(), main), join(process.cwd(), port, 'components', 'anc_core')],
  });
  const evaluate = (name: string, board = boards[0]!, version = '5.5.0') =>
    evaluateComponent(noIdf(version), {
      out,
      family: board.chip.family,
      name,
      variables: { ANC_BOARD_DIR: board.folder, ANC_LINK: board.link },
    });

  test('there are boards of each chip', () => {
    expect([...new Set(boards.map(({ chip }) => chip.family))].sort()).toEqual([
      'esp32',
      'esp32c3',
      'esp32c6',
      'esp32p4',
      'esp32s3',
    ]);
  });

  test.each(boards.map((board) => [board.id, board] as const))(
    '%s: every source, one link',
    (_, board) => {
      const others = sourcesBelow(main).filter((file) => !basename(file).startsWith('link_'));
      expect(names(evaluate('main', board).sources)).toEqual(
        [...names(others), `link_${board.link}.c`].sort(),
      );
    },
  );

  test('the project takes everything from the board, and refuses one that is not there', () => {
    const cmake = join(out, 'tools', 'cmake');
    mkdirSync(cmake, { recursive: true });
    writeFileSync(
      join(cmake, 'project.cmake'),
      'macro(project name)\nmessage("${name}|${PROJECT_VER}|${ANC_LINK}|${SDKCONFIG_DEFAULTS}")\nendmacro()\n',
    );
    const configure = (board: string) =>
      spawnSync('cmake', [`-DANC_BOARD=${board}`, '-P', join(port, 'app', 'CMakeLists.txt')], {
        encoding: 'utf8',
        env: { ...process.env, IDF_PATH: out },
      });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const board of boards) {
      const { status, stderr } = configure(board.id);
      expect(status, stderr).toBe(0);
      const [name, projectVersion, link, defaults] = stderr.trim().split('|');
      expect([name, projectVersion, link]).toEqual([`anc-${board.id}`, version, board.link]);
      expect(defaults).toContain(`${board.id}/sdkconfig.defaults;`);
    }
    const refused = configure('no-board');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/ANC_BOARD is 'no-board'[\s\S]*Hint:[\s\S]*esp32s3-reference/);
  });

  test('the component has the whole core but the controllers', () => {
    expect(names(evaluate('anc_core').sources)).toEqual(names(core));
  });

  test.each([
    ['5.1.7', ['driver'], ['esp_driver_i2s']],
    ['5.2.7', ['driver'], ['esp_driver_i2s']],
    [
      '5.3.0',
      ['esp_driver_gpio', 'esp_driver_i2s', 'esp_driver_uart', 'esp_driver_usb_serial_jtag'],
      ['driver'],
    ],
    [
      '5.5.5',
      ['esp_driver_gpio', 'esp_driver_i2s', 'esp_driver_uart', 'esp_driver_usb_serial_jtag'],
      ['driver'],
    ],
  ])('ESP-IDF %s: the drivers by their names there', (version, present, absent) => {
    // Nothing is there: what is missing is what is required.
    const { missing } = evaluate('main', boards[0], version);
    expect(missing).toEqual(expect.arrayContaining(present));
    for (const name of absent) expect(missing).not.toContain(name);
  });

  test('what the linker fragment puts into RAM exists', () => {
    const fragment = readFileSync(join(port, 'components', 'anc_core', 'linker.lf'), 'utf8');
    const entries = [...fragment.matchAll(/^\s+(\w+)(?::(\w+))? \(noflash\)$/gm)];
    expect(entries.length).toBeGreaterThan(10);
    for (const [, object, symbol] of entries) {
      const files = core.filter((file) => basename(file) === `${object}.c`);
      expect(files, object).toHaveLength(1);
      if (symbol !== undefined)
        expect(readFileSync(files[0]!, 'utf8')).toMatch(
          new RegExp(`^[a-z].* \\**${symbol}\\(`, 'm'),
        );
    }
  });

  test('a release is older by number, not by text', () => {
    expect(isOlder('5.1.7', '5.3')).toBe(true);
    expect(isOlder('5.10.0', '5.3')).toBe(false);
    expect(isOlder('5.3.0', '5.3')).toBe(false);
  });

  test('bad input has a code and a hint', () => {
    const thrown = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error as CheckError;
      }
      throw new Error('nothing was thrown');
    };
    expect(thrown(() => openIdf('/nowhere', []))).toMatchObject({
      code: 'IDF_NOT_FOUND',
      hint: expect.stringContaining('5.1 to 5.5') as string,
    });
    expect(thrown(() => readBoards(['no-board']))).toMatchObject({
      code: 'BOARD_UNKNOWN',
      hint: expect.stringContaining('esp32s3-reference') as string,
    });
  });
});

describe.skipIf(IDF_MISSING)('against the headers of IDF_PATH', { timeout: 300_000 }, () => {
  const idf =
    IDF_MISSING === null
      ? openIdf(idfPath!, componentsIn(process.env['ANC_IDF_COMPONENTS']))
      : null;
  const done = new Set<string>();

  test.each(boards.map((board) => [board.id, board] as const))(
    '%s compiles without a warning',
    async (id, board) => {
      if (unsupported(idf!, board) !== null) return;
      const withCore = !done.has(board.chip.family);
      done.add(board.chip.family);
      const report = await compileBoard(idf!, board, { out: join(out, id), withCore });
      expect(report.failures).toEqual([]);
      expect(report.compiled['main']).toBeGreaterThan(12);
    },
  );

  /** The C3's board with one thing in its header changed. */
  const compileChanged = (from: string, to: string) => {
    const board = boards.find(({ id }) => id === 'esp32c3-mini')!;
    const folder = join(out, `${to}-board`);
    cpSync(board.folder, folder, { recursive: true });
    const header = readFileSync(join(folder, 'board.h'), 'utf8');
    expect(header).toContain(from);
    writeFileSync(join(folder, 'board.h'), header.replace(from, to));
    return compileBoard(idf!, { ...board, folder }, { out: join(out, to), withCore: false });
  };

  test('a codec with TDM compiles, too', async () => {
    expect((await compileChanged('I2S_TDM 0', 'I2S_TDM 1')).failures).toEqual([]);
  });

  test('a board that the app cannot serve is found out', async () => {
    const { failures } = await compileChanged('SLOT_BITS 32', 'SLOT_BITS 16');
    expect(names(failures.map(({ file }) => file))).toEqual(['audio_io.c']);
    expect(failures[0]!.text).toContain('slots of 32 bits');
  });
});
