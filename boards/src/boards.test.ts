import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BoardError, boardsFolder, getBoard, loadBoards, parseBoard } from './index.ts';
import { outputsOf, staleOutputs } from './outputs.ts';
import { checkParameters } from './parameters.ts';

const folder = boardsFolder();
const root = dirname(folder);
const temporary = mkdtempSync(join(tmpdir(), 'anc-boards-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function text(id: string): string {
  return readFileSync(join(folder, id, 'board.yaml'), 'utf8');
}

function error(run: () => unknown): BoardError {
  try {
    run();
  } catch (caught) {
    if (caught instanceof BoardError) return caught;
    throw caught;
  }
  throw new Error('nothing was thrown');
}

test('the boards load, with the latencies that the docs promise', () => {
  const latencies = loadBoards().map(({ id, latency }) => [id, latency.addedSamples]);
  expect(latencies).toEqual([
    ['esp32-a1s-audiokit', 56],
    ['esp32-lyrat', 56],
    ['esp32c3-mini', 55],
    ['esp32c6-devkit', 55],
    ['esp32p4-function-ev', 56],
    ['esp32s3-reference', 39],
    ['qemu-rv32imac', 5],
    ['qemu-rv32imafc', 5],
    ['qemu-rv32imc', 5],
    ['virtual-i2s', 48],
    ['virtual-lowlatency', 5],
  ]);
});

test('an unknown board names the known ones', () => {
  const { code, message } = error(() => getBoard('headset-9000'));
  expect(code).toBe('BOARD_UNKNOWN');
  expect(message).toContain("'headset-9000'");
  expect(message).toContain('virtual-lowlatency');
});

const broken: [string, (yaml: string) => string, RegExp][] = [
  [
    'a rate nobody has',
    (y) => y.replace('sampleRateHz: 48000', 'sampleRateHz: 47999'),
    /sampleRateHz/,
  ],
  ['a field of no meaning', (y) => `${y}colour: red\n`, /'colour'/],
  ['a missing section', (y) => y.replace(/^usb:.*$/m, ''), /'usb'/],
  ['an id of another folder', (y) => y.replace('id: virtual-i2s', 'id: other'), /'other'/],
  ['parts that do not sum up', (y) => y.replace('addedSamples: 48', 'addedSamples: 12'), /47\.4/],
  ['a source left out', (y) => y.replace(/source: double.*$/m, "source: ''"), /source/],
];
test.each(broken)('%s is refused', (_what, edit, message) => {
  const { code, message: actual } = error(() =>
    parseBoard(edit(text('virtual-i2s')), 'virtual-i2s', 'x.yaml'),
  );
  expect(code).toBe('BOARD_INVALID');
  expect(actual).toMatch(message);
});

test('YAML that does not parse is told apart', () => {
  expect(error(() => parseBoard('a: [1', 'a', 'x.yaml')).code).toBe('BOARD_UNREADABLE');
});

test('start values are checked against the parameter table', () => {
  const table = join(temporary, 'parameters.yaml');
  writeFileSync(table, 'parameters: [{ name: taps, type: int, min: 32, max: 1024 }]');
  const board = getBoard('virtual-i2s');
  const withTaps = (taps: number) => ({ ...board, parameters: { taps } });
  expect(checkParameters(withTaps(256), table)).toEqual([]);
  expect(checkParameters(withTaps(4096), table)).toMatchObject([
    { code: 'BOARD_PARAMETER', path: '/parameters/taps', message: /4096/ },
  ]);
});

test('generated files are up to date', () => {
  const outputs = outputsOf(loadBoards());
  for (const [path, text] of outputs)
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
  expect(staleOutputs(root, outputs)).toEqual([]);
});
