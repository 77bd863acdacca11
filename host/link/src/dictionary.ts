import { crc32 } from './crc32.ts';
import { AncError } from './errors.ts';
import type { HelloResponse } from './generated/protocol.ts';
import type { LinkSession } from './session.ts';

export type ParameterScalar = number | boolean | string;

/** One parameter as the headset describes it; min, max, step and default in its unit. */
export interface ParameterDescription {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly type: 'int' | 'bool' | 'enum';
  readonly unit: string | null;
  /** raw = value × 10^decimals */
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: ParameterScalar;
  /** Texts of an enum in order of their number; empty for other types. */
  readonly values: readonly string[];
  readonly persistent: boolean;
  readonly help: string;
}

export interface ParameterGroup {
  readonly id: string;
  readonly title: string;
}

/** Keeps dictionaries by hash, so that each is read from a headset once. */
export interface DictionaryCache {
  get(hash: number): Promise<Uint8Array | null>;
  set(hash: number, bytes: Uint8Array): Promise<void>;
}

type Entry = Partial<ParameterDescription> & Pick<ParameterDescription, 'id' | 'name' | 'type'>;

function describe(entry: Entry): ParameterDescription {
  return {
    group: '',
    unit: null,
    decimals: 0,
    min: 0,
    max: entry.type === 'bool' ? 1 : 0,
    step: 1,
    default: 0,
    values: [],
    persistent: false,
    help: '',
    ...entry,
  };
}

/** Edits needed to make b of a: insertions, deletions, replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

export class Dictionary {
  readonly hash: number;
  readonly groups: readonly ParameterGroup[];
  readonly parameters: readonly ParameterDescription[];

  /** `bytes` as the headset serves them. Errors: DICTIONARY_DAMAGED. */
  constructor(bytes: Uint8Array) {
    this.hash = crc32(bytes);
    try {
      const json = JSON.parse(new TextDecoder().decode(bytes)) as {
        groups: Record<string, string>;
        parameters: Entry[];
      };
      this.groups = Object.entries(json.groups).map(([id, title]) => ({ id, title }));
      this.parameters = json.parameters.map(describe);
    } catch (error) {
      throw new AncError(
        'DICTIONARY_DAMAGED',
        `the dictionary of ${bytes.length} bytes is no JSON of this form`,
        {
          cause: error,
        },
      );
    }
  }

  /** Errors: UNKNOWN_PARAMETER, with the names that look like it. */
  byName(name: string): ParameterDescription {
    const found = this.parameters.find((parameter) => parameter.name === name);
    if (found) return found;
    const lower = name.toLowerCase();
    const near = this.parameters
      .map((parameter) => ({
        name: parameter.name,
        edits: editDistance(lower, parameter.name.toLowerCase()),
      }))
      .filter(({ name: other, edits }) => edits <= 3 || other.toLowerCase().includes(lower))
      .sort((a, b) => a.edits - b.edits)
      .slice(0, 3)
      .map((entry) => entry.name);
    const did = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
    throw new AncError('UNKNOWN_PARAMETER', `this headset has no parameter '${name}'${did}`);
  }

  byId(id: number): ParameterDescription | undefined {
    return this.parameters.find((parameter) => parameter.id === id);
  }

  /**
   * The integer that travels. Texts are taken as what they say, so that a command line need not know types.
   * Errors: PARAMETER_TYPE, PARAMETER_OUT_OF_RANGE.
   */
  toRaw(parameter: ParameterDescription, value: ParameterScalar): number {
    if (parameter.type === 'bool') return boolRaw(parameter, value);
    if (parameter.type === 'enum') {
      const index = parameter.values.indexOf(String(value));
      if (index >= 0) return index;
      throw wrongType(parameter, value, `one of ${parameter.values.join(', ')}`);
    }
    return intRaw(parameter, value);
  }

  fromRaw(parameter: ParameterDescription, raw: number): ParameterScalar {
    if (parameter.type === 'bool') return raw !== 0;
    if (parameter.type === 'enum') return parameter.values[raw] ?? `unknown(${raw})`;
    // toFixed and back: 2 / 10^5 is 0.00002, not 0.000020000000000000002.
    return Number((raw / 10 ** parameter.decimals).toFixed(parameter.decimals));
  }
}

function wrongType(
  { name }: ParameterDescription,
  value: ParameterScalar,
  expected: string,
): AncError {
  return new AncError('PARAMETER_TYPE', `${name} takes ${expected}, not '${String(value)}'`);
}

function boolRaw(parameter: ParameterDescription, value: ParameterScalar): number {
  const text = String(value).toLowerCase();
  if (['true', 'on', 'yes', '1'].includes(text)) return 1;
  if (['false', 'off', 'no', '0'].includes(text)) return 0;
  throw wrongType(parameter, value, 'true or false');
}

function intRaw(parameter: ParameterDescription, value: ParameterScalar): number {
  const { name, min, max, decimals } = parameter;
  const unit = parameter.unit && parameter.unit !== '1' ? ` ${parameter.unit}` : '';
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    throw wrongType(parameter, value, `a number ${min}..${max}${unit}`);
  if (number < min || number > max)
    throw new AncError(
      'PARAMETER_OUT_OF_RANGE',
      `${name} takes ${min}..${max}${unit}, not ${number}`,
    );
  return Math.round(number * 10 ** decimals);
}

const attempts = 3;

/** Reading changes nothing, so a piece that a bad cable swallowed is asked for again. */
async function readPiece(session: LinkSession, offset: number): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await session.request('readDictionary', { offset })).data;
    } catch (error) {
      const isLost = error instanceof AncError && error.code === 'LINK_TIMEOUT';
      if (!isLost || attempt === attempts) throw error;
    }
  }
}

async function readDictionary(session: LinkSession, bytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes);
  for (let offset = 0; offset < bytes;) {
    const data = await readPiece(session, offset);
    if (data.length === 0 || offset + data.length > bytes)
      throw new AncError(
        'DICTIONARY_DAMAGED',
        `${data.length} bytes came at ${offset} of ${bytes}`,
      );
    whole.set(data, offset);
    offset += data.length;
  }
  return whole;
}

/** The dictionary that `hello` names: from the cache, else from the headset. Errors: DICTIONARY_DAMAGED, LINK_*. */
export async function loadDictionary(
  session: LinkSession,
  hello: HelloResponse,
  cache?: DictionaryCache,
): Promise<Dictionary> {
  const cached = await cache?.get(hello.dictionaryHash);
  if (cached && crc32(cached) === hello.dictionaryHash) return new Dictionary(cached);
  const bytes = await readDictionary(session, hello.dictionaryBytes);
  const hash = crc32(bytes);
  if (hash !== hello.dictionaryHash)
    throw new AncError(
      'DICTIONARY_DAMAGED',
      `CRC-32 ${hash.toString(16)} instead of ${hello.dictionaryHash.toString(16)}`,
    );
  await cache?.set(hash, bytes);
  return new Dictionary(bytes);
}
