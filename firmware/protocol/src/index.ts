export { generate } from './generate.ts';
export { crc32, dictionaryText } from './dictionary.ts';
export { readMessages, readParameters, SourceError, toRaw } from './source.ts';
export type { Field, FieldType, Message, Messages, Parameter, Parameters } from './source.ts';
