import { type Transaction, sql } from 'kysely';
import type { SessionProgress } from '../live/session-directory.ts';
import { type Schema, json } from '../storage/index.ts';

/**
 * The figures of a session that runs on `instance`. Returns its user; null when the session is over, erased, or runs
 * elsewhere by now: then its figures are not ours to write. Counters never go back: a new instance begins some of them at 0.
 */
export async function updateFigures(
  db: Transaction<Schema>,
  instance: string,
  sessionId: string,
  { settings, stats }: SessionProgress,
): Promise<string | null> {
  const { chunksProcessed, chunksDropped, chunksFilled, chunksRefused } = stats;
  const updated = await db
    .updateTable('sessions')
    .set({
      settings: json(settings),
      stats: json(stats),
      chunksProcessed: sql`greatest(chunks_processed, ${chunksProcessed})`,
      chunksDropped: sql`greatest(chunks_dropped, ${chunksDropped})`,
      chunksFilled: sql`greatest(chunks_filled, ${chunksFilled})`,
      chunksRefused: sql`greatest(chunks_refused, ${chunksRefused})`,
      seenAt: new Date(),
    })
    .where('id', '=', sessionId)
    .where('instance', '=', instance)
    .where('state', '!=', 'ended')
    .returning('userId')
    .executeTakeFirst();
  return updated?.userId ?? null;
}

export async function addProgress(
  db: Transaction<Schema>,
  sessionId: string,
  userId: string,
  { stats, bands }: SessionProgress,
): Promise<void> {
  await db
    .insertInto('sessionProgress')
    .values({ sessionId, userId, stats: json(stats), bands: json(bands) })
    .execute();
}
