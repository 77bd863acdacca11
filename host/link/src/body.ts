import { AncError } from './errors.ts';
import { enums } from './generated/protocol.ts';
import type { FieldDescription } from './generated/protocol.ts';
import { unzigzag, WireReader, wireTypes, WireWriter, zigzag } from './wire.ts';

export type Body = Record<string, unknown>;

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

function enumNumber(field: FieldDescription, value: unknown): number {
  const values: Record<string, number> = enums[field.enumName!];
  const known = values[String(value)];
  if (known !== undefined) return known;
  const unknown = /^unknown\((\d+)\)$/.exec(String(value));
  if (unknown) return Number(unknown[1]);
  throw invalid(field, value, `one of ${Object.keys(values).join(', ')}`);
}

const textsByNumber = new Map<string, Map<number, string>>(
  Object.entries(enums).map(([name, values]) => [
    name,
    new Map(Object.entries(values).map(([text, value]) => [value as number, text])),
  ]),
);

function invalid(field: FieldDescription, value: unknown, expected: string): AncError {
  return new AncError('BODY_INVALID', `${field.name}: '${String(value)}' is not ${expected}`);
}

const ranges = {
  u32: [0, 4294967295],
  i32: [-2147483648, 2147483647],
  u64: [0, Number.MAX_SAFE_INTEGER],
} as const;

function number(field: FieldDescription, value: unknown): number {
  const { type } = field;
  if (type === 'bool') return value ? 1 : 0;
  if (type === 'enum') return enumNumber(field, value);
  const [min, max] = ranges[type as keyof typeof ranges];
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
    throw invalid(field, value, `a whole number ${min}..${max}`);
  return type === 'i32' ? zigzag(Number(value)) : Number(value);
}

function encodeField(writer: WireWriter, field: FieldDescription, value: unknown): void {
  if (field.repeated) {
    const packed = new WireWriter();
    const values = value as readonly number[];
    for (const entry of values) packed.varint(number(field, entry));
    if (values.length > 0) writer.bytes(field.id, packed.finish());
  } else if (field.type === 'bytes' || field.type === 'string') {
    const bytes =
      field.type === 'string' ? textEncoder.encode(String(value)) : (value as Uint8Array);
    if (bytes.length > 0) writer.bytes(field.id, bytes);
  } else {
    const encoded = number(field, value);
    if (encoded === 0) return;
    writer.key(field.id, wireTypes.varint);
    writer.varint(encoded);
  }
}

/**
 * The bytes of a body. Fields that are absent or hold their default are left out.
 * Errors: BODY_INVALID for a value outside its type, UNKNOWN_FIELD.
 */
export function encodeBody(fields: readonly FieldDescription[], body: Body): Uint8Array {
  const names = new Set(fields.map(({ name }) => name));
  for (const name of Object.keys(body)) {
    if (!names.has(name)) {
      const known = [...names].join(', ') || 'none';
      throw new AncError('UNKNOWN_FIELD', `no field '${name}'; there are: ${known}`);
    }
  }
  const writer = new WireWriter();
  for (const field of fields) {
    const value = body[field.name];
    if (value !== undefined) encodeField(writer, field, value);
  }
  return writer.finish();
}

function defaultOf(field: FieldDescription): unknown {
  if (field.repeated) return [];
  switch (field.type) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'enum':
      return enumText(field, 0);
    default:
      return 0;
  }
}

function enumText(field: FieldDescription, value: number): string {
  return textsByNumber.get(field.enumName!)?.get(value) ?? `unknown(${value})`;
}

function fromNumber(field: FieldDescription, value: number): unknown {
  if (field.type === 'bool') return value !== 0;
  if (field.type === 'enum') return enumText(field, value % 4294967296);
  if (field.type === 'u32') return value % 4294967296;
  return field.type === 'i32' ? unzigzag(value) : value;
}

function decodeField(
  field: FieldDescription,
  wireType: number,
  reader: WireReader,
  into: Body,
): void {
  const isDelimited = wireType === wireTypes.delimited;
  if (field.repeated) {
    const list = into[field.name] as unknown[];
    if (isDelimited) {
      const packed = new WireReader(reader.delimited());
      while (!packed.done) list.push(fromNumber(field, packed.varint()));
    } else list.push(fromNumber(field, reader.varint()));
  } else if (field.type === 'bytes') into[field.name] = reader.delimited().slice();
  else if (field.type === 'string') into[field.name] = textDecoder.decode(reader.delimited());
  else into[field.name] = fromNumber(field, reader.varint());
}

function fits(field: FieldDescription, wireType: number): boolean {
  const isDelimited = wireType === wireTypes.delimited;
  if (field.repeated) return isDelimited || wireType === wireTypes.varint;
  return field.type === 'bytes' || field.type === 'string'
    ? isDelimited
    : wireType === wireTypes.varint;
}

/**
 * Every field of the list, absent ones with their default. Unknown fields, and known ones of another wire type, are
 * skipped. Errors: BODY_INVALID for what is no wire format.
 */
export function decodeBody(fields: readonly FieldDescription[], bytes: Uint8Array): Body {
  const body: Body = {};
  for (const field of fields) body[field.name] = defaultOf(field);
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const { field: id, wireType } = reader.key();
    const field = fields.find((candidate) => candidate.id === id);
    if (field && fits(field, wireType)) decodeField(field, wireType, reader, body);
    else reader.skip(wireType);
  }
  return body;
}
