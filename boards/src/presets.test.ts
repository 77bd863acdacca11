import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { boardsFolder, getBoard, presetFile, presetNames } from './index.ts';
import { checkParameters } from './parameters.ts';

const folder = boardsFolder();
const table = join(dirname(folder), 'firmware/protocol/parameters.yaml');
const presets = presetNames(folder);

interface Preset {
  readonly anc: number;
  readonly name: string;
  readonly note: string;
  readonly board: string;
  readonly parameters: Readonly<Record<string, number | boolean | string>>;
}

test('the virtual boards have presets', () => {
  expect(new Set(presets.map(({ board }) => board))).toEqual(
    new Set(['virtual-i2s', 'virtual-lowlatency']),
  );
});

test.each(presets)('$board/$name fits its board and the parameter table', ({ board, name }) => {
  const preset = JSON.parse(readFileSync(presetFile(folder, board, name), 'utf8')) as Preset;
  expect(preset).toMatchObject({ anc: 1, name, board });
  expect(preset.note.length).toBeGreaterThan(20);
  const { parameters } = preset;
  expect(Object.keys(parameters)).toEqual(Object.keys(parameters).toSorted());
  expect(checkParameters({ ...getBoard(board), parameters }, table)).toEqual([]);
  const wrong = { ...getBoard(board), parameters: { ...parameters, taps: 99_999 } };
  expect(checkParameters(wrong, table)).toMatchObject([
    { message: expect.stringContaining('99999') as string },
  ]);
});
