import { type Transaction, sql } from 'kysely';
import type { Schema } from '../storage/index.ts';

/** A session that nobody opened, or whose server fell silent, holds no place any more. */
const createdHoldsMs = 10 * 60_000;
const liveHoldsMs = 60_000;

/**
 * How many sessions of a user are open, but for one. Others of the same user wait until this transaction ends, so that two
 * at once cannot both be the last one that was allowed.
 */
export async function countOpenSessions(
  db: Transaction<Schema>,
  userId: string,
  exceptId: string | null = null,
): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sessions:${userId}`}, 0))`.execute(db);
  const { count } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('userId', '=', userId)
    .where(({ or, and, eb }) =>
      or([
        and([
          eb('state', '=', 'created'),
          eb('createdAt', '>', new Date(Date.now() - createdHoldsMs)),
        ]),
        and([eb('state', '=', 'live'), eb('seenAt', '>', new Date(Date.now() - liveHoldsMs))]),
      ]),
    )
    .$if(exceptId !== null, (query) => query.where('id', '!=', exceptId!))
    .executeTakeFirstOrThrow();
  return Number(count);
}
