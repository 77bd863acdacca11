import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32, dictionaryText, generate, readParameters, SourceError } from './index.ts';

const root = join(import.meta.dirname, '../../..');

it('finds every generated file up to date', () => {
  for (const [path, text] of generate(root))
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
});

it('serves a dictionary whose hash is in the C table', () => {
  const text = dictionaryText(readParameters(join(root, 'firmware/protocol/parameters.yaml')));
  const bytes = new TextEncoder().encode(text);
  const table = readFileSync(join(root, 'firmware/core/generated/params_table.c'), 'utf8');
  expect(table).toContain(`paramDictionaryHash = 0x${crc32(bytes).toString(16)};`);
  const parsed = JSON.parse(text) as { parameters: { name: string }[] };
  expect(parsed.parameters.map(({ name }) => name)).toContain('stepSize');
});

it('computes the CRC-32 of the check string', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

describe('a faulty source', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anc-protocol-'));
    mkdirSync(join(folder, 'firmware/protocol'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function generateWith(file: string, from: string, to: string): () => unknown {
    for (const name of ['messages.yaml', 'parameters.yaml']) {
      const text = readFileSync(join(root, 'firmware/protocol', name), 'utf8');
      if (name === file) expect(text).toContain(from);
      const changed = name === file ? text.replace(from, to) : text;
      writeFileSync(join(folder, 'firmware/protocol', name), changed);
    }
    return () => generate(folder);
  }

  it.each([
    ['parameters.yaml', 'id: 11', 'id: 10', /'10' occurs twice/],
    ['parameters.yaml', 'name: stepSize', 'name: taps', /'taps' occurs twice/],
    ['parameters.yaml', 'max: 0.2', 'max: 0.2000001', /0.2000001 has more than 5 decimals/],
    ['parameters.yaml', 'group: filter', 'group: filters', /unknown group/],
    ['parameters.yaml', 'default: off', 'default: of', /default 'of' is not a value/],
    ['messages.yaml', '[2, i32]', '[2, i31]', /unknown type 'i31'/],
    ['messages.yaml', 'token: [1, u32]', 'token: u32', /expected \[id, type\], got "u32"/],
    ['messages.yaml', 'enum:block', 'enum:blocks', /no enum 'blocks'/],
    ['messages.yaml', 'token: [3, u32]', 'token: [2, u32]', /'2' occurs twice/],
  ])('%s with %s as %s is refused', (file, from, to, message) => {
    const run = generateWith(file, from, to);
    expect(run).toThrow(SourceError);
    expect(run).toThrow(message);
  });
});
