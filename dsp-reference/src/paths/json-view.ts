import { DspError } from '../errors.ts';

/** Longer than any response that makes sense at 48 kHz; a bound against files that are something else. */
const RESPONSE_MAX = 65536;

/** One object of a JSON file with checked access: each error names the file, the field and the value. */
export class JsonView {
  /** file and place in it, for messages */
  readonly where: string;
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(where: string, value: unknown) {
    this.where = where;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(`${where}: an object is expected, found ${shown(value)}.`);
    }
    this.fields = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  /** Of the fields, in the order of the file (JavaScript puts numbers first, ascending). */
  names(): string[] {
    return Object.keys(this.fields);
  }

  object(name: string): JsonView {
    return new JsonView(`${this.where}: ${name}`, this.field(name));
  }

  text(name: string, absent: string): string {
    const value = this.has(name) ? this.fields[name] : absent;
    if (typeof value !== 'string') {
      throw invalid(`${this.where}: "${name}" should be text, found ${shown(value)}.`);
    }
    return value;
  }

  number(name: string): number {
    const value = this.field(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw invalid(`${this.where}: "${name}" should be a number, found ${shown(value)}.`);
    }
    return value;
  }

  /** An integer 0..65535. */
  count(name: string): number {
    const value = this.number(name);
    if (!Number.isInteger(value) || value < 0 || value >= RESPONSE_MAX) {
      throw invalid(`${this.where}: "${name}" should be a sample index, found ${value}.`);
    }
    return value;
  }

  /** An impulse response: 1..65536 finite numbers. */
  response(name: string): Float64Array {
    const value = this.field(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > RESPONSE_MAX) {
      const found = Array.isArray(value) ? `${value.length} values` : shown(value);
      throw invalid(`${this.where}: "${name}" should hold 1 to ${RESPONSE_MAX} values: ${found}.`);
    }
    const bad = value.findIndex((v) => typeof v !== 'number' || !Number.isFinite(v));
    if (bad >= 0) {
      throw invalid(
        `${this.where}: value ${bad} of "${name}" is not a finite number: ${shown(value[bad])}.`,
      );
    }
    return Float64Array.from(value as number[]);
  }

  private field(name: string): unknown {
    if (!this.has(name)) throw invalid(`${this.where}: the field "${name}" is missing.`);
    return this.fields[name];
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 40);
}

function invalid(message: string): DspError {
  return new DspError('PATH_INVALID', message, {
    hint: 'The fields of path files are described in docs/plant.md.',
  });
}
