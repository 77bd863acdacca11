import type { Cluster } from '../cluster/cluster.ts';
import type { Database } from '../storage/index.ts';

/** A session that nobody came to, and one whose server fell silent and whose client came to no other. */
const createdMs = 3_600_000;
const silentMs = 300_000;
/** of one sweep; the next one takes the rest */
const most = 1000;

/**
 * Ends what nothing else will end, on any instance. Returns how many. A session that runs although its row was not written
 * for long, because the database was away, is left alone; when nobody can tell, all that are live are.
 */
export async function endStaleSessions(
  database: Database,
  cluster: Pick<Cluster, 'running'>,
): Promise<number> {
  const before = (ms: number) => new Date(Date.now() - ms);
  const over = { state: 'ended', endReason: 'idle' } as const;
  const { unused, silent } = await database.system(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('sessions')
      .set({ ...over, endedAt: new Date() })
      .where('state', '=', 'created')
      .where('createdAt', '<', before(createdMs))
      .executeTakeFirst();
    const rows = await db
      .selectFrom('sessions')
      .select('id')
      .where('state', '=', 'live')
      .where('seenAt', '<', before(silentMs))
      .limit(most)
      .execute();
    return { unused: Number(numUpdatedRows), silent: rows.map(({ id }) => id) };
  });
  if (silent.length === 0) return unused;
  const running = await cluster.running(silent);
  const gone = silent.filter((id) => !running.has(id));
  if (gone.length === 0) return unused;
  const { numUpdatedRows } = await database.system((db) =>
    db
      .updateTable('sessions')
      .set({ ...over, endedAt: new Date() })
      .where('id', 'in', gone)
      // not when somebody came meanwhile
      .where('state', '=', 'live')
      .where('seenAt', '<', before(silentMs))
      .executeTakeFirst(),
  );
  return unused + Number(numUpdatedRows);
}
