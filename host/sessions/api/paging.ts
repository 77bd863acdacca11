import { type SelectQueryBuilder, sql } from 'kysely';
import { type Page, type PageRequest, afterCursor, pageOf } from '../storage/index.ts';

export type { Page, PageRequest } from '../storage/index.ts';

/**
 * One page of a query, newest first, in the order of its index on (time, id).
 * @throws AncError CURSOR_INVALID
 */
export async function readPage<
  DB,
  TB extends keyof DB,
  C extends 'createdAt' | 'at',
  O extends { readonly id: string } & Readonly<Record<C, Date>>,
  T,
>(
  query: SelectQueryBuilder<DB, TB, O>,
  { limit, cursor }: PageRequest,
  column: C,
  view: (row: O) => T,
): Promise<Page<T>> {
  const rows = await query
    .where(afterCursor(cursor, column))
    .orderBy(sql.ref(column), 'desc')
    .orderBy(sql.ref('id'), 'desc')
    .limit(limit + 1)
    .execute();
  const { items, next } = pageOf(rows, limit, (row) => ({ at: row[column], id: row.id }));
  return { items: items.map(view), next };
}
