import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Board } from './board.ts';
import { BoardError } from './errors.ts';

interface Parameter {
  readonly name: string;
  readonly type: 'int' | 'bool' | 'enum';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
}

function accepts(parameter: Parameter, value: number | boolean | string): boolean {
  if (parameter.type === 'bool') return typeof value === 'boolean';
  if (parameter.type === 'enum') return parameter.values?.includes(String(value)) ?? false;
  const { min = -Infinity, max = Infinity } = parameter;
  return typeof value === 'number' && value >= min && value <= max;
}

/** Checks every board's own start values against the parameter table. */
export function checkParameters(boards: readonly Board[], tableFile: string): void {
  const table = parse(readFileSync(tableFile, 'utf8')) as { parameters: readonly Parameter[] };
  const byName = new Map(table.parameters.map((parameter) => [parameter.name, parameter]));
  for (const board of boards) {
    for (const [name, value] of Object.entries(board.parameters)) {
      const parameter = byName.get(name);
      if (parameter && accepts(parameter, value)) continue;
      const why = parameter ? `does not take '${value}'` : 'is not a parameter';
      throw new BoardError('BOARD_INVALID', `${board.id}: ${name} ${why}`);
    }
  }
}
