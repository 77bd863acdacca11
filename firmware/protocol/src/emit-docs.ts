import { crc32, dictionaryText } from './dictionary.ts';
import type { Field, Message, Messages, Parameter, Parameters } from './source.ts';

const protoTypes = {
  u32: 'uint32',
  i32: 'sint32',
  u64: 'uint64',
  bool: 'bool',
  bytes: 'bytes',
  string: 'string',
} as const;

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function protoField({ id, name, type, enumName, repeated }: Field): string {
  const text = type === 'enum' ? pascal(enumName!) : protoTypes[type];
  return `  ${repeated ? 'repeated ' : ''}${text} ${name} = ${id};\n`;
}

function protoMessages({ id, name, request, response, event }: Message): string {
  const block = (suffix: string, fields: readonly Field[]) =>
    `message ${pascal(name)}${suffix} {\n${fields.map(protoField).join('')}}\n`;
  const head = `// ${event ? 'event' : 'request'} ${id}\n`;
  return event
    ? head + block('Event', event)
    : head + block('Request', request!) + block('Response', response!);
}

/** docs/anc.proto: the bodies for those who bring their own Protocol Buffers compiler. */
export function emitProto({ messages, enums }: Messages): string {
  const enumTexts = Object.entries(enums).map(([name, values]) => {
    // proto3 wants a zero value first and names that are unique in the file.
    const rows = Object.entries(values).map(
      ([text, value]) => `  ${name.toUpperCase()}_${text} = ${value};\n`,
    );
    const zero = Object.values(values).includes(0) ? '' : `  ${name.toUpperCase()}_none = 0;\n`;
    return `enum ${pascal(name)} {\n${zero}${rows.join('')}}\n`;
  });
  return `// Generated from firmware/protocol/messages.yaml by \`npm run generate\`. Do not edit.
// Bodies only: frames, sequence numbers and timeouts are in docs/protocol.md.
syntax = "proto3";
package anc;

${enumTexts.join('\n')}
${messages.map(protoMessages).join('\n')}`;
}

function range(parameter: Parameter): string {
  if (parameter.type === 'bool') return 'true, false';
  if (parameter.type === 'enum') return parameter.values.join(', ');
  const unit = parameter.unit && parameter.unit !== '1' ? ` ${parameter.unit}` : '';
  return `${parameter.min} … ${parameter.max}${unit}, step ${parameter.step}`;
}

function row(parameter: Parameter): string {
  const kept = parameter.persistent ? 'yes' : 'no';
  return `| ${parameter.id} | \`${parameter.name}\` | ${range(parameter)} | ${String(parameter.default)} | ${kept} | ${parameter.help} |\n`;
}

/** docs/parameters.md */
export function emitParametersPage(source: Parameters): string {
  const hash = crc32(new TextEncoder().encode(dictionaryText(source)));
  const sections = Object.entries(source.groups).map(([group, title]) => {
    const rows = source.parameters.filter((parameter) => parameter.group === group).map(row);
    return `## ${title}\n\n| id | name | range | default | stored | what it does |\n|---|---|---|---|---|---|\n${rows.join('')}`;
  });
  return `<!-- Generated from firmware/protocol/parameters.yaml by \`npm run generate\`. Do not edit. -->

# Parameters

What a headset can be told. The host reads this table from the headset itself (dictionary \`${hash.toString(16).padStart(8, '0')}\`
of this version), so a headset with other parameters shows other forms. A set value is rounded to the nearest step and
takes effect at once; \`store\` keeps what the column "stored" allows.

${sections.join('\n')}`;
}
