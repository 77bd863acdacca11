import type { ColumnType } from 'kysely';

/** Text of JSON: what goes into a jsonb column, so that arrays are not taken for arrays of SQL. */
export type JsonText<T> = string & { readonly __json?: T };

/** jsonb: read as a value, written with `json(value)`. */
export type Jsonb<T> = ColumnType<T, JsonText<T>, JsonText<T>>;
/** Has a default or may be null: need not be written. */
export type JsonbOptional<T> = ColumnType<T, JsonText<T> | null | undefined, JsonText<T> | null>;

/** timestamptz(3), whole milliseconds as a Date has them; ISO 8601 text is taken too. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** timestamptz with the default now(). */
export type TimestampNow = ColumnType<Date, Date | string | undefined, Date | string>;
export type TimestampOrNull = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;

/** uuid with the default gen_random_uuid(), never changed. */
export type Id = ColumnType<string, string | undefined, never>;
/** uuid of the owner, never changed. */
export type UserId = ColumnType<string, string, never>;

export function json<T>(value: T): JsonText<T> {
  return JSON.stringify(value) as JsonText<T>;
}
