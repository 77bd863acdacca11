import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { AncError } from '@anc/link';

/** Newest first. A page begins after a row, not at a number, so that rows which come or go shift nothing. */
export interface Page<Row> {
  readonly items: Row[];
  /** for the next page; null at the end */
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | null;
}

/**
 * Condition for the rows after `cursor`; `at` and `id` are the columns of the order, as `created_at` and `id`.
 * @throws AncError CURSOR_INVALID
 */
export function afterCursor(
  cursor: string | null | undefined,
  at: string,
  id = 'id',
): RawBuilder<SqlBool> {
  if (!cursor) return sql<SqlBool>`true`;
  const last = decode(cursor);
  return sql<SqlBool>`(${sql.ref(at)}, ${sql.ref(id)}) < (${last.at}::timestamptz, ${last.id}::uuid)`;
}

/** @param rows one more than `limit` when there are more: ask for `limit + 1` */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => { readonly at: Date; readonly id: string },
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encode(keyOf(last)) : null };
}

function encode({ at, id }: { at: Date; id: string }): string {
  return Buffer.from(`${at.toISOString()} ${id}`).toString('base64url');
}

function decode(cursor: string): { at: string; id: string } {
  const text = Buffer.from(cursor, 'base64url').toString();
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f-]{36})$/.exec(text);
  if (!found || Number.isNaN(Date.parse(found[1]!)) || !isUuid(found[2]!))
    throw new AncError('CURSOR_INVALID', `'${cursor.slice(0, 100)}' is no cursor of this list`, {
      hint: 'Take it from `next` of the page before, or leave it out for the first page.',
    });
  return { at: found[1]!, id: found[2]! };
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
