import { sql, type Transaction } from 'kysely';
import type { Job, JobFilter, JobKind } from '../api/job-queue.ts';
import type { Page } from '../api/paging.ts';
import type { JobBacklog } from '../metrics/index.ts';
import { afterCursor, type Database, pageOf, type Schema } from '../storage/index.ts';
import { jobOf, type JobRow, type RowState, stateOf } from './job-row.ts';

/** The queue of what failed for good; nothing works on it. */
export const deadLetters = 'dead-letters';

/**
 * Lets `anc_app` read the jobs of its user, staff those of all. pg-boss owns the table as `anc_system` and is not bound.
 * Queues are partitions: what is read through the table obeys the table’s policies.
 */
export async function protectJobTable(database: Database): Promise<void> {
  await database.executeSql(`
    do $$ begin
      perform pg_advisory_xact_lock(hashtext('anc.protect-jobs'));
      if not exists (select from pg_policies where schemaname = 'pgboss' and policyname = 'app_read') then
        grant usage on schema pgboss to anc_app;
        grant select on pgboss.job to anc_app;
        alter table pgboss.job enable row level security;
        create policy app_read on pgboss.job for select to anc_app
          using (
            data->>'userId' = (select app_user_id())::text
            or (select app_role()) in ('admin', 'engineer')
          );
      end if;
    end $$
  `);
}

const columns = sql`id, name, state, data, retry_count, retry_limit, created_on, started_on, completed_on`;

type Db = Transaction<Schema>;

/** Without results, which may be large. */
export async function readJobs(db: Db, filter: JobFilter): Promise<Page<Job>> {
  const { kind, state, subjectId, cursor, limit } = filter;
  const rowState = Object.entries(stateOf).find(([, public_]) => public_ === state)?.[0];
  const conditions = [
    sql`name <> ${deadLetters}`,
    afterCursor(cursor, 'at'),
    ...(kind === undefined ? [] : [sql`name = ${kind}`]),
    ...(rowState === undefined ? [] : [sql`state = ${rowState}::pgboss.job_state`]),
    ...(subjectId === undefined ? [] : [sql`data->>'subjectId' = ${subjectId}`]),
  ];
  // pg-boss keeps microseconds, cursors as all of ours milliseconds
  const { rows } = await sql<JobRow & { at: Date }>`select ${columns}, at,
      case when state <> 'completed' then output end as output
    from (select *, date_trunc('milliseconds', created_on) as at from pgboss.job) as job
    where ${sql.join(conditions, sql` and `)}
    order by at desc, id desc limit ${limit + 1}`.execute(db);
  const { items, next } = pageOf(rows, limit, ({ at, id }) => ({ at, id }));
  return { items: items.map(jobOf), next };
}

export async function readJob(db: Db, id: string): Promise<JobRow | null> {
  const { rows } = await sql<JobRow>`select ${columns}, output from pgboss.job
    where id = ${id}::uuid and name <> ${deadLetters}`.execute(db);
  return rows[0] ?? null;
}

/** The one that waits with this key. */
export async function readWaiting(db: Db, kind: JobKind, key: string): Promise<JobRow | null> {
  const { rows } = await sql<JobRow>`select ${columns}, output from pgboss.job
    where name = ${kind} and singleton_key = ${key} and state = 'created'`.execute(db);
  return rows[0] ?? null;
}

/** Result of the newest completed job of a kind. */
export async function readNewestResult(db: Db, kind: JobKind): Promise<object | null> {
  const { rows } = await sql<{ output: object | null }>`select output from pgboss.job
    where name = ${kind} and state = 'completed' order by completed_on desc limit 1`.execute(db);
  return rows[0]?.output ?? null;
}

export async function readState(database: Database, kind: JobKind, id: string) {
  const { rows } = await database.executeSql(
    'select state from pgboss.job where name = $1 and id = $2::uuid',
    [kind, id],
  );
  return (rows[0] as { state: RowState } | undefined)?.state ?? null;
}

/**
 * What did not end for want of time waits again, as if this run had not been. Not as `created`: a second order of the
 * same may be that by now, and only one may.
 */
export async function giveBack(database: Database, kind: JobKind, id: string): Promise<void> {
  await database.executeSql(
    `update pgboss.job
     set state = 'retry', start_after = now(), retry_count = greatest(retry_count - 1, 0),
       started_on = case when retry_count > 0 then started_on end
     where name = $1 and id = $2::uuid and state = 'active'`,
    [kind, id],
  );
}

/** No run after this one, whatever becomes of it. */
export async function allowNoMoreRuns(database: Database, kind: JobKind, id: string) {
  await database.executeSql(
    'update pgboss.job set retry_limit = retry_count where name = $1 and id = $2::uuid',
    [kind, id],
  );
}

/** Somebody dealt with a job that had failed for good. */
export async function forgetDeadLetter(database: Database, id: string): Promise<void> {
  await database.executeSql(`delete from pgboss.job where name = $1 and data->>'jobId' = $2`, [
    deadLetters,
    id,
  ]);
}

/** Jobs that a user ordered, and their results: for the erasure of that user. */
export async function eraseJobs(database: Database, userId: string): Promise<void> {
  for (const table of ['job', 'archive'])
    await database.executeSql(`delete from pgboss.${table} where data->>'userId' = $1`, [userId]);
}

export async function readBacklog(
  database: Database,
  kinds: readonly JobKind[],
): Promise<JobBacklog[]> {
  const { rows } = await database.executeSql(
    `select name, count(*) filter (where state in ('created', 'retry'))::int as waiting,
       count(*) filter (where state = 'active')::int as running,
       count(*) filter (where state = 'failed')::int as dead
     from pgboss.job where name <> $1 group by name`,
    [deadLetters],
  );
  const found = new Map((rows as JobBacklog[]).map((row) => [row.name, row]));
  return kinds.map((name) => found.get(name) ?? { name, waiting: 0, running: 0, dead: 0 });
}
