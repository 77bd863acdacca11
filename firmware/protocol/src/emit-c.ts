import { crc32, dictionaryText } from './dictionary.ts';
import type { Field, Messages, Parameter, Parameters } from './source.ts';
import { toRaw } from './source.ts';

const notice = '/* Generated from firmware/protocol/ by `npm run generate`. Do not edit. */';

/** storeParameters → STORE_PARAMETERS */
export function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function constants(entries: readonly (readonly [string, number])[]): string {
  return `enum {\n${entries.map(([name, value]) => `    ${name} = ${value},\n`).join('')}};\n`;
}

function fieldConstants(prefix: string, fields: readonly Field[]): string {
  if (fields.length === 0) return '';
  return constants(fields.map(({ name, id }) => [`${prefix}_${upperSnake(name)}`, id] as const));
}

function messageFields({ name, request, response, event }: Messages['messages'][number]): string[] {
  const prefix = `LINK_${upperSnake(name)}`;
  if (event) return [fieldConstants(prefix, event)];
  const own = (response ?? []).filter(({ id }) => id > 2);
  return [
    fieldConstants(`${prefix}_REQUEST`, request ?? []),
    fieldConstants(`${prefix}_RESPONSE`, own),
  ];
}

/** firmware/core/generated/messages.h: ids of kinds, messages, fields, enum values; limits. */
export function emitMessagesHeader(source: Messages): string {
  const parts = [
    constants([
      ['LINK_PROTOCOL_VERSION', source.version],
      ...Object.entries(source.limits).map(
        ([name, value]) => [`LINK_${upperSnake(name)}`, value] as const,
      ),
    ]),
    constants(
      Object.entries(source.kinds).map(([name, id]) => [`LINK_KIND_${upperSnake(name)}`, id]),
    ),
    ...Object.entries(source.enums).map(([name, values]) =>
      constants(
        Object.entries(values).map(([text, value]) => [
          `LINK_${upperSnake(name)}_${upperSnake(text)}`,
          value,
        ]),
      ),
    ),
    constants(
      source.messages.map(({ name, id }) => [`LINK_MESSAGE_${upperSnake(name)}`, id] as const),
    ),
    '/* Fields that every response may carry. */\n' +
      constants([
        ['LINK_RESPONSE_STATUS', 1],
        ['LINK_RESPONSE_DETAIL', 2],
      ]),
    ...source.messages.flatMap(messageFields).filter((text) => text !== ''),
  ];
  return `${notice}\n#ifndef ANC_GENERATED_MESSAGES_H\n#define ANC_GENERATED_MESSAGES_H\n\n${parts.join('\n')}\n#endif\n`;
}

/** firmware/core/generated/params_table.h */
export function emitParamsHeader({ parameters }: Parameters): string {
  const indices = parameters.map(({ name }) => `    PARAM_${upperSnake(name)},\n`).join('');
  return `${notice}
#ifndef ANC_GENERATED_PARAMS_TABLE_H
#define ANC_GENERATED_PARAMS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Index of each parameter in paramTable and params_t; not the id. */
enum {
${indices}    PARAM_COUNT
};

enum { PARAM_TYPE_INT, PARAM_TYPE_BOOL, PARAM_TYPE_ENUM };

/* min, max, step and initial are raw: value * 10^decimals. */
typedef struct {
    uint16_t id;
    uint8_t type, decimals;
    bool persistent;
    int32_t min, max, step, initial;
    const char *name;
    const char *const *values; /* texts of an enum; NULL for other types */
} param_info_t;

extern const param_info_t paramTable[PARAM_COUNT];

/* The dictionary as it is served: compact JSON, not terminated. Its hash is the CRC-32 of it. */
extern const uint8_t paramDictionary[];
extern const uint32_t paramDictionaryBytes, paramDictionaryHash;

#endif
`;
}

function tableRow(parameter: Parameter): string {
  const { id, name, type, decimals, persistent } = parameter;
  const [min, max, step] = [parameter.min, parameter.max, parameter.step].map((value) =>
    type === 'int' ? toRaw(parameter, value) : value,
  );
  const values = parameter.values.length > 0 ? `${name}Values` : 'NULL';
  return `    {${id}, PARAM_TYPE_${type.toUpperCase()}, ${decimals}, ${persistent}, ${min}, ${max}, ${step}, ${toRaw(parameter, parameter.default)}, "${name}", ${values}},\n`;
}

/** The UTF-8 bytes of `text` as a C initialiser, 16 to a line. */
function byteRows(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16)
    rows.push(`    ${Array.from(bytes.subarray(at, at + 16)).join(', ')},\n`);
  return rows.join('');
}

/** firmware/core/generated/params_table.c: the table and the dictionary. */
export function emitParamsSource(source: Parameters): string {
  const dictionary = new TextEncoder().encode(dictionaryText(source));
  const texts = source.parameters
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => {
      const list = values.map((value) => `"${value}"`).join(', ');
      return `static const char *const ${name}Values[] = {${list}};\n`;
    });
  return `${notice}
#include "generated/params_table.h"

#include <stddef.h>

${texts.join('')}
const param_info_t paramTable[PARAM_COUNT] = {
${source.parameters.map(tableRow).join('')}};

const uint8_t paramDictionary[] = {
${byteRows(dictionary)}};
const uint32_t paramDictionaryBytes = sizeof paramDictionary;
const uint32_t paramDictionaryHash = 0x${crc32(dictionary).toString(16)};
`;
}
