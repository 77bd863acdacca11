import type { Parameters } from './source.ts';

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of IEEE 802.3, as on the link. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** What the device serves by readDictionary: compact JSON. Absent keys: no unit, no decimals, no values. */
export function dictionaryText({ groups, parameters }: Parameters): string {
  const entries = parameters.map(({ unit, decimals, values, ...rest }) => ({
    ...rest,
    ...(unit === null ? {} : { unit }),
    ...(decimals === 0 ? {} : { decimals }),
    ...(values.length === 0 ? {} : { values }),
  }));
  return JSON.stringify({ version: 1, groups, parameters: entries });
}
