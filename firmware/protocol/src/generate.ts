import { join } from 'node:path';
import { emitMessagesHeader, emitParamsHeader, emitParamsSource } from './emit-c.ts';
import { emitParametersPage, emitProto } from './emit-docs.ts';
import { emitTypescript } from './emit-typescript.ts';
import { readMessages, readParameters } from './source.ts';

/** Every generated file as [path from the root, text]. Reads the two YAML files, writes nothing. Errors: SourceError. */
export function generate(root: string): [string, string][] {
  const messages = readMessages(join(root, 'firmware/protocol/messages.yaml'));
  const parameters = readParameters(join(root, 'firmware/protocol/parameters.yaml'));
  return [
    ['firmware/core/generated/messages.h', emitMessagesHeader(messages)],
    ['firmware/core/generated/params_table.h', emitParamsHeader(parameters)],
    ['firmware/core/generated/params_table.c', emitParamsSource(parameters)],
    ['host/link/src/generated/protocol.ts', emitTypescript(messages)],
    ['docs/parameters.md', emitParametersPage(parameters)],
    ['docs/anc.proto', emitProto(messages)],
  ];
}
