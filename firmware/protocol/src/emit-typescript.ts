import type { Field, Message, Messages } from './source.ts';

const notice = '// Generated from firmware/protocol/ by `npm run generate`. Do not edit.';

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function record(values: Readonly<Record<string, number>>): string {
  const entries = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
  return `{ ${entries.join(', ')} }`;
}

function typeOf(field: Field): string {
  const simple = { u32: 'number', i32: 'number', u64: 'number', bool: 'boolean' } as const;
  const type =
    field.type === 'enum'
      ? pascal(field.enumName!)
      : field.type === 'bytes'
        ? 'Uint8Array'
        : field.type === 'string'
          ? 'string'
          : simple[field.type];
  return field.repeated ? `readonly ${type}[]` : type;
}

function fieldList(fields: readonly Field[]): string {
  if (fields.length === 0) return '[]';
  const rows = fields.map(({ id, name, type, enumName, repeated }) => {
    const ofEnum = enumName ? ` enumName: '${enumName}',` : '';
    return `      { id: ${id}, name: '${name}', type: '${type}',${ofEnum} repeated: ${repeated} },\n`;
  });
  return `[\n${rows.join('')}    ]`;
}

function messageEntry({ id, name, request, response, event }: Message): string {
  const lists = event
    ? `    event: ${fieldList(event)},\n`
    : `    request: ${fieldList(request!)},\n    response: ${fieldList(response!)},\n`;
  return `  ${name}: {\n    id: ${id},\n    name: '${name}',\n${lists}  },\n`;
}

function interfaceOf(name: string, fields: readonly Field[]): string {
  if (fields.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const rows = fields.map((field) => `  readonly ${field.name}: ${typeOf(field)};\n`);
  return `export interface ${name} {\n${rows.join('')}}\n`;
}

function interfacesOf({ name, request, response, event }: Message): string[] {
  if (event) return [interfaceOf(`${pascal(name)}Event`, event)];
  return [
    interfaceOf(`${pascal(name)}Request`, request!),
    interfaceOf(`${pascal(name)}Response`, response!),
  ];
}

/** host/link/src/generated/protocol.ts */
export function emitTypescript(source: Messages): string {
  const { messages, enums } = source;
  const requests = messages.filter(({ event }) => !event);
  const events = messages.filter(({ event }) => event);
  const enumTypes = Object.keys(enums).map(
    (name) =>
      `export type ${pascal(name)} = keyof (typeof enums)['${name}'] | \`unknown(\${number})\`;\n`,
  );
  const enumRows = Object.entries(enums).map(([name, values]) => `  ${name}: ${record(values)},\n`);
  return `${notice}

export const protocolVersion = ${source.version};
export const limits = ${record(source.limits)} as const;
export const frameKinds = ${record(source.kinds)} as const;

/** Numbers of enum values by their text. A number without text decodes to \`unknown(N)\`. */
export const enums = {
${enumRows.join('')}} as const;
export type EnumName = keyof typeof enums;
${enumTypes.join('')}
export interface FieldDescription {
  readonly id: number;
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'u64' | 'bool' | 'enum' | 'bytes' | 'string';
  readonly enumName?: EnumName;
  /** Only u32 and i32; packed. */
  readonly repeated: boolean;
}

export interface RequestDescription {
  readonly id: number;
  readonly name: string;
  readonly request: readonly FieldDescription[];
  readonly response: readonly FieldDescription[];
}

export interface EventDescription {
  readonly id: number;
  readonly name: string;
  readonly event: readonly FieldDescription[];
}

export const messages = {
${messages.map(messageEntry).join('')}} as const satisfies Record<string, RequestDescription | EventDescription>;

${messages.flatMap(interfacesOf).join('\n')}
export interface Requests {
${requests.map(({ name }) => `  ${name}: { request: ${pascal(name)}Request; response: ${pascal(name)}Response };\n`).join('')}}

export interface Events {
${events.map(({ name }) => `  ${name}: ${pascal(name)}Event;\n`).join('')}}
`;
}
