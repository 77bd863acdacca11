import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type FieldType = 'u32' | 'i32' | 'u64' | 'bool' | 'enum' | 'bytes' | 'string';

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: FieldType;
  readonly enumName?: string;
  readonly repeated: boolean;
}

export interface Message {
  readonly id: number;
  readonly name: string;
  /** Requests have `request` and `response`, events only `event`. */
  readonly request?: readonly Field[];
  readonly response?: readonly Field[];
  readonly event?: readonly Field[];
}

export interface Messages {
  readonly version: number;
  readonly limits: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly messages: readonly Message[];
}

/** min, max, step and default in the parameter's unit; `default` of an enum is its text, of a bool true or false. */
export interface Parameter {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly type: 'int' | 'bool' | 'enum';
  readonly unit: string | null;
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: number | boolean | string;
  readonly values: readonly string[];
  readonly persistent: boolean;
  readonly stable: boolean;
  readonly help: string;
}

export interface Parameters {
  readonly groups: Readonly<Record<string, string>>;
  readonly parameters: readonly Parameter[];
}

/** A fault in one of the YAML files; the message names the entry. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

const fieldTypes = new Set<string>(['u32', 'i32', 'u64', 'bool', 'bytes', 'string']);

function parseField(where: string, name: string, spec: unknown, enums: Messages['enums']): Field {
  const [id, text] = Array.isArray(spec) ? (spec as unknown[]) : [];
  if (!Number.isInteger(id) || typeof text !== 'string')
    throw new SourceError(`${where}.${name}: expected [id, type], got ${JSON.stringify(spec)}`);
  const repeated = text.startsWith('repeated ');
  const type = repeated ? text.slice('repeated '.length) : text;
  const fieldId = id as number;
  if (type.startsWith('enum:')) {
    const enumName = type.slice('enum:'.length);
    if (!(enumName in enums)) throw new SourceError(`${where}.${name}: no enum '${enumName}'`);
    return { id: fieldId, name, type: 'enum', enumName, repeated };
  }
  if (!fieldTypes.has(type)) throw new SourceError(`${where}.${name}: unknown type '${type}'`);
  if (repeated && type !== 'u32' && type !== 'i32')
    throw new SourceError(`${where}.${name}: only u32 and i32 may be repeated`);
  return { id: fieldId, name, type: type as FieldType, repeated };
}

function parseFields(where: string, spec: unknown, enums: Messages['enums']): Field[] {
  const fields = Object.entries((spec ?? {}) as Record<string, unknown>).map(([name, field]) =>
    parseField(where, name, field, enums),
  );
  requireUnique(
    where,
    fields.map(({ id }) => id),
  );
  return fields;
}

function requireUnique(where: string, values: readonly (number | string)[]): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new SourceError(`${where}: '${twice}' occurs twice`);
}

/** The fields that every response begins with. */
const responseFields: readonly Field[] = [
  { id: 1, name: 'status', type: 'enum', enumName: 'status', repeated: false },
  { id: 2, name: 'detail', type: 'string', repeated: false },
];

function parseMessage(spec: Record<string, unknown>, enums: Messages['enums']): Message {
  const { id, name } = spec;
  if (!Number.isInteger(id) || typeof name !== 'string')
    throw new SourceError(`message without id or name: ${JSON.stringify(spec)}`);
  const base = { id: id as number, name };
  if (spec['event']) return { ...base, event: parseFields(name, spec['event'], enums) };
  const own = parseFields(name, spec['response'], enums);
  const response = [...responseFields, ...own];
  requireUnique(
    name,
    response.map((field) => field.id),
  );
  return { ...base, request: parseFields(name, spec['request'], enums), response };
}

/** Reads and checks messages.yaml. Errors: SourceError. */
export function readMessages(file: string): Messages {
  const raw = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const enums = raw['enums'] as Messages['enums'];
  const messages = (raw['messages'] as Record<string, unknown>[]).map((spec) =>
    parseMessage(spec, enums),
  );
  requireUnique(
    'messages',
    messages.map(({ id }) => id),
  );
  requireUnique(
    'messages',
    messages.map(({ name }) => name),
  );
  return {
    version: raw['version'] as number,
    limits: raw['limits'] as Messages['limits'],
    kinds: raw['kinds'] as Messages['kinds'],
    enums,
    messages,
  };
}

/** raw = value × 10^decimals; what the device stores and the link carries. */
export function toRaw(parameter: Parameter, value: number | boolean | string): number {
  if (parameter.type === 'bool') return value ? 1 : 0;
  if (parameter.type === 'enum') return parameter.values.indexOf(String(value));
  return Math.round(Number(value) * 10 ** parameter.decimals);
}

function checkInt(parameter: Parameter): void {
  const { name, min, max, step } = parameter;
  const raw = (value: number) => value * 10 ** parameter.decimals;
  for (const value of [min, max, step, Number(parameter.default)]) {
    const scaled = raw(value);
    if (!Number.isFinite(scaled) || Math.abs(scaled - Math.round(scaled)) > 1e-6)
      throw new SourceError(`${name}: ${value} has more than ${parameter.decimals} decimals`);
    if (Math.abs(scaled) > 0x7fffffff) throw new SourceError(`${name}: ${value} exceeds 32 bits`);
  }
  if (!(min < max) || !(step > 0)) throw new SourceError(`${name}: empty range or step`);
  const value = Number(parameter.default);
  if (value < min || value > max) throw new SourceError(`${name}: default outside its range`);
  const steps = (toRaw(parameter, value) - toRaw(parameter, min)) / toRaw(parameter, step);
  if (!Number.isInteger(steps)) throw new SourceError(`${name}: default is no whole step from min`);
}

function parseParameter(spec: Record<string, unknown>, groups: Parameters['groups']): Parameter {
  const name = String(spec['name']);
  const type = spec['type'];
  if (type !== 'int' && type !== 'bool' && type !== 'enum')
    throw new SourceError(`${name}: unknown type '${String(type)}'`);
  if (!(String(spec['group']) in groups)) throw new SourceError(`${name}: unknown group`);
  if (typeof spec['help'] !== 'string') throw new SourceError(`${name}: no help`);
  // YAML reads a bare `off` as text in version 1.2, as a boolean in older files: both mean the word.
  const values = ((spec['values'] as unknown[]) ?? []).map(String);
  const span = type === 'bool' ? 1 : values.length - 1;
  const parameter: Parameter = {
    id: Number(spec['id']),
    name,
    group: String(spec['group']),
    type,
    unit: (spec['unit'] as string | undefined) ?? null,
    decimals: Number(spec['decimals'] ?? 0),
    min: type === 'int' ? Number(spec['min']) : 0,
    max: type === 'int' ? Number(spec['max']) : span,
    step: type === 'int' ? Number(spec['step']) : 1,
    default: type === 'enum' ? String(spec['default']) : (spec['default'] as number | boolean),
    values,
    persistent: spec['persistent'] === true,
    stable: spec['stable'] === true,
    help: spec['help'],
  };
  if (type === 'int') checkInt(parameter);
  if (type === 'enum' && !values.includes(String(parameter.default)))
    throw new SourceError(`${name}: default '${String(parameter.default)}' is not a value`);
  return parameter;
}

/** Reads and checks parameters.yaml. Errors: SourceError. */
export function readParameters(file: string): Parameters {
  const raw = parse(readFileSync(file, 'utf8')) as {
    groups: Record<string, string>;
    parameters: Record<string, unknown>[];
  };
  const parameters = raw.parameters.map((spec) => parseParameter(spec, raw.groups));
  requireUnique(
    'parameters',
    parameters.map(({ id }) => id),
  );
  requireUnique(
    'parameters',
    parameters.map(({ name }) => name),
  );
  return { groups: raw.groups, parameters };
}
