import type { Transaction } from 'kysely';
import { lockName } from '../accounts/locks.ts';
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
  await lockName(db, `sessions of ${userId}`);
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
