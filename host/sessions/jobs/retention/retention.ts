import { type RawBuilder, sql } from 'kysely';
import type { JobContext, JobDefinition } from '../job-definition.ts';
import { type Kept, kept } from './retention-days.ts';

export interface RetentionResult {
  /** rows deleted, by what they were; null: kept for ever */
  readonly deleted: Readonly<Record<Kept, number | null>>;
  /** what nobody could use any more: tokens and tickets past their end */
  readonly expired: number;
  readonly files: {
    /** of the recordings above, and of those that went with their guests */
    readonly deleted: number;
    /** that no row knew */
    readonly orphans: number;
  };
}

/** In one transaction: small enough that nobody waits for its locks. */
const batch = 2000;

const ago = (days: number) => sql`now() - make_interval(secs => ${days * 86_400})`;

type Rows = readonly [table: string, condition: RawBuilder<unknown>];

/** Which rows go, by their age. */
const rules: Readonly<Record<Kept, (days: number) => Rows>> = {
  guests: (days) => [
    'users',
    sql`kind = 'guest' and created_at < ${ago(days)} and not exists (
      select from sessions s where s.user_id = users.id
        and coalesce(s.ended_at, s.seen_at, s.created_at) >= ${ago(days)})`,
  ],
  telemetry: (days) => ['device_telemetry', sql`received_at < ${ago(days)}`],
  progress: (days) => [
    'session_progress',
    sql`at < ${ago(days)} and exists (
      select from sessions s where s.id = session_id and s.state = 'ended')`,
  ],
  sessions: (days) => ['sessions', sql`state = 'ended' and ended_at < ${ago(days)}`],
  noiseEvents: (days) => ['noise_events', sql`at < ${ago(days)}`],
  recordings: (days) => ['recordings', sql`created_at < ${ago(days)}`],
};

export const retention: JobDefinition<RetentionResult> = {
  kind: 'retention',
  everySeconds: 86_400,
  expireSeconds: 900,
  retryLimit: 5,
  retryDelaySeconds: 60,
  async run(context) {
    const { logger, recordings, retention: days } = context;
    let files = days.guests === null ? 0 : await deleteRecordingsOfGuests(context, days.guests);
    const deleted = {} as Record<Kept, number | null>;
    for (const what of kept) {
      const age = days[what];
      if (age === null) deleted[what] = null;
      else if (what === 'recordings')
        files += deleted[what] = await deleteRecordings(context, rules.recordings(age)[1]);
      else deleted[what] = await inBatches(context, ...rules[what](age));
    }
    const expired =
      (await inBatches(context, 'refresh_tokens', past)) +
      (await inBatches(context, 'session_tickets', past, 'ticket_hash'));
    // also those whose row went in a run that ended before the file did
    const orphans = await recordings.removeOrphans();
    const result = { deleted, expired, files: { deleted: files, orphans } };
    logger.info(result, 'deleted what was too old');
    return result;
  },
};

const past = sql`expires_at < now()`;

/** Before the guests themselves, whose rows would take theirs along and leave the files. */
function deleteRecordingsOfGuests(context: JobContext, days: number): Promise<number> {
  const [, guests] = rules.guests(days);
  return deleteRecordings(context, sql`user_id in (select id from users where ${guests})`);
}

function deleteRecordings(context: JobContext, condition: RawBuilder<unknown>): Promise<number> {
  const { files } = context.recordings;
  return inBatches(context, 'recordings', condition, 'id', async (fileKeys) => {
    for (const fileKey of fileKeys) await files.remove(fileKey);
  });
}

/** @param onFiles the keys of the recordings of one batch, whose rows are gone */
async function inBatches(
  { database, signal }: JobContext,
  table: string,
  condition: RawBuilder<unknown>,
  key = 'id',
  onFiles?: (fileKeys: readonly string[]) => Promise<void>,
): Promise<number> {
  const returning = onFiles ? sql.ref('file_key') : sql`null`;
  for (let total = 0; ;) {
    signal.throwIfAborted();
    const { rows } = await database.system((db) =>
      sql<{ fileKey: string }>`delete from ${sql.table(table)} where ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)} where ${condition} limit ${batch}
      ) returning ${returning} as file_key`.execute(db),
    );
    await onFiles?.(rows.map(({ fileKey }) => fileKey));
    total += rows.length;
    if (rows.length < batch) return total;
  }
}
