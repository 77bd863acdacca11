import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Board } from './board.ts';
import { finding, type Finding } from './errors.ts';

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

/** Looks a board's own start values up in the parameter table's file. */
export function checkParameters(board: Board, tableFile: string): readonly Finding[] {
  const table = parse(readFileSync(tableFile, 'utf8')) as { parameters: readonly Parameter[] };
  const byName = new Map(table.parameters.map((parameter) => [parameter.name, parameter]));
  return Object.entries(board.parameters).flatMap(([name, value]) => {
    const parameter = byName.get(name);
    if (parameter && accepts(parameter, value)) return [];
    const why = parameter ? `does not take '${value}'` : 'is not a parameter';
    return [finding('BOARD_PARAMETER', `/parameters/${name}`, `${name} ${why}`)];
  });
}
