import { type SelectQueryBuilder, sql } from 'kysely';
import { decodeCursor, encodeCursor } from './cursor.ts';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/**
 * One page of a query, newest first, as its index on (time, id) is ordered. The time goes into the cursor as text with
 * microseconds: a Date would cut them off, and the next page repeat entries.
 * @throws Refusal CURSOR_INVALID
 */
export async function readPage<DB, TB extends keyof DB, O, T>(
  query: SelectQueryBuilder<DB, TB, O & { id: string }>,
  { limit, cursor }: PageRequest,
  column: 'createdAt' | 'at',
  view: (row: O & { id: string }) => T,
): Promise<Page<T>> {
  const time = sql.ref(column);
  const place = decodeCursor(cursor);
  let ordered = query
    .select(
      sql<string>`to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
        'placeAt',
      ),
    )
    .orderBy(time, 'desc')
    .orderBy(sql.ref('id'), 'desc')
    .limit(limit + 1);
  if (place)
    ordered = ordered.where(
      sql<boolean>`(${time}, id) < (${place.at}::timestamptz, ${place.id}::uuid)`,
    );
  const rows = (await ordered.execute()) as (O & { id: string; placeAt: string })[];
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next =
    rows.length > limit && last ? encodeCursor({ at: last.placeAt, id: last.id }) : null;
  return { items: shown.map(view), next };
}
