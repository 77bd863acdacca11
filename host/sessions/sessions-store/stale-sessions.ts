import { type Database } from '../storage/index.ts';

/** A session that nobody came to, and one whose server fell silent and whose client came to no other. */
const createdMs = 3_600_000;
const silentMs = 300_000;

/** Ends what nothing else will end, on any instance. Returns how many. */
export function endStaleSessions(database: Database): Promise<number> {
  const before = (ms: number) => new Date(Date.now() - ms);
  return database.system(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('sessions')
      .set({ state: 'ended', endedAt: new Date(), endReason: 'idle' })
      .where(({ or, and, eb }) =>
        or([
          and([eb('state', '=', 'created'), eb('createdAt', '<', before(createdMs))]),
          and([eb('state', '=', 'live'), eb('seenAt', '<', before(silentMs))]),
        ]),
      )
      .executeTakeFirst();
    return Number(numUpdatedRows);
  });
}
