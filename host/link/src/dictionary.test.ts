import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { Dictionary, loadDictionary } from './dictionary.ts';
import { AncError } from './errors.ts';
import type { HelloResponse } from './generated/protocol.ts';
import type { LinkSession } from './session.ts';

const text = JSON.stringify({
  version: 1,
  groups: { filter: 'Filter' },
  parameters: [
    { id: 1, name: 'mode', group: 'filter', type: 'enum', values: ['off', 'anc'], default: 'off' },
    { id: 2, name: 'adapt', group: 'filter', type: 'bool', default: true },
    {
      id: 3,
      name: 'stepSize',
      group: 'filter',
      type: 'int',
      decimals: 5,
      min: 0,
      max: 0.2,
      step: 0.0001,
      default: 0.002,
      unit: '1',
    },
  ],
});
const bytes = new TextEncoder().encode(text);
const dictionary = new Dictionary(bytes);

describe('values', () => {
  test.each([
    ['stepSize', 0.002, 200],
    ['stepSize', '0.07', 7000],
    ['stepSize', 0.2, 20000],
    ['adapt', 'off', 0],
    ['adapt', true, 1],
    ['mode', 'anc', 1],
  ])('%s = %s travels as %d and back', (name, value, raw) => {
    const parameter = dictionary.byName(name);
    expect(dictionary.toRaw(parameter, value)).toBe(raw);
    expect(dictionary.toRaw(parameter, dictionary.fromRaw(parameter, raw))).toBe(raw);
  });

  test.each([
    ['stepSize', 0.21, 'PARAMETER_OUT_OF_RANGE'],
    ['stepSize', -1, 'PARAMETER_OUT_OF_RANGE'],
    ['stepSize', 'fast', 'PARAMETER_TYPE'],
    ['stepSize', '', 'PARAMETER_TYPE'],
    ['stepSize', true, 'PARAMETER_TYPE'],
    ['mode', 'loud', 'PARAMETER_TYPE'],
    ['adapt', 'perhaps', 'PARAMETER_TYPE'],
  ])('%s = %s is refused', (name, value, code) => {
    expect(() => dictionary.toRaw(dictionary.byName(name), value)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(String(value)) }) as Error,
    );
  });

  test('an unknown name gets the near ones', () => {
    expect(() => dictionary.byName('stepsise')).toThrow(/did you mean stepSize/);
    expect(() => dictionary.byName('zzzzzzzz')).toThrow(/no parameter 'zzzzzzzz'$/);
  });
});

describe('loading', () => {
  const hello = { dictionaryHash: crc32(bytes), dictionaryBytes: bytes.length } as HelloResponse;
  function session(served: Uint8Array) {
    let reads = 0;
    const request = async (_: string, { offset }: { offset: number }) => {
      reads += 1;
      return { data: served.subarray(offset, offset + 100) };
    };
    return { link: { request } as unknown as LinkSession, reads: () => reads };
  }

  test('reads it once, then from the cache', async () => {
    const kept = new Map<number, Uint8Array>();
    const cache = {
      get: async (hash: number) => kept.get(hash) ?? null,
      set: async (hash: number, value: Uint8Array) => void kept.set(hash, value),
    };
    const first = session(bytes);
    expect((await loadDictionary(first.link, hello, cache)).parameters).toHaveLength(3);
    expect(first.reads()).toBe(Math.ceil(bytes.length / 100));
    const second = session(bytes);
    await loadDictionary(second.link, hello, cache);
    expect(second.reads()).toBe(0);
    // A damaged entry is as good as none.
    kept.set(hello.dictionaryHash, bytes.subarray(1));
    const third = session(bytes);
    await loadDictionary(third.link, hello, cache);
    expect(third.reads()).toBeGreaterThan(0);
  });

  test.each([
    ['another one', bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte))],
    ['a short one', bytes.subarray(0, 150)],
  ])('%s is noticed', async (_, served) => {
    const error: unknown = await loadDictionary(session(served).link, hello).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AncError);
    expect((error as AncError).code).toBe('DICTIONARY_DAMAGED');
  });
});
