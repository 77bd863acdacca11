import { sql } from 'kysely';
import type { BusinessFigures } from '../../metrics/index.ts';
import { type NoiseKind, noiseKinds } from '../../protocol/index.ts';
import type { JobDefinition } from '../job-definition.ts';

export interface BusinessResult extends BusinessFigures {
  /** end of the 24 h, ISO 8601 */
  readonly at: string;
  /** whole days, UTC, oldest first; without days on which nothing happened */
  readonly days: readonly BusinessDay[];
}

export interface BusinessDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly sessions: number;
  readonly users: number;
  readonly sessionSeconds: number;
  readonly registrations: number;
  readonly noiseEvents: Readonly<Partial<Record<NoiseKind, number>>>;
  readonly emergencies: number;
}

const dayCount = 30;

/** Numbers alone: nothing in the result says who. */
export const businessMetrics: JobDefinition<BusinessResult> = {
  kind: 'business-metrics',
  everySeconds: 3600,
  expireSeconds: 120,
  retryLimit: 2,
  retryDelaySeconds: 30,
  run: ({ database, signal }) =>
    database.system(async (db) => {
      type Row<T> = { rows: T[] };
      const first = sql`date_trunc('day', now(), 'UTC') - make_interval(days => ${dayCount - 1})`;
      // a session that was never connected to has no duration, one that still runs has one so far
      const seconds = sql`coalesce(extract(epoch from coalesce(ended_at, seen_at, started_at) - started_at), 0)`;
      const { rows: last }: Row<LastDay> = await sql<LastDay>`
        select now() as at, count(*)::int as sessions, count(distinct user_id)::int as users,
          coalesce(sum(${seconds}), 0)::float8 as session_seconds,
          (select count(*)::int from users where kind = 'user') as accounts
        from sessions where created_at > now() - interval '24 hours'`.execute(db);
      const { rows: noises }: Row<NoiseRow> = await sql<NoiseRow>`
        select kind, count(*)::int as count, (count(*) filter (where emergency))::int as emergencies
        from noise_events where at > now() - interval '24 hours' group by kind`.execute(db);
      signal.throwIfAborted();
      const { rows: sessionDays }: Row<SessionDay> = await sql<SessionDay>`
        select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as sessions,
          count(distinct user_id)::int as users, sum(${seconds})::float8 as session_seconds
        from sessions where created_at >= ${first} group by 1`.execute(db);
      const { rows: userDays }: Row<UserDay> = await sql<UserDay>`
        select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as users
        from users where kind = 'user' and created_at >= ${first} group by 1`.execute(db);
      const { rows: noiseDays }: Row<NoiseDay> = await sql<NoiseDay>`
        select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, kind, count(*)::int as count,
          (count(*) filter (where emergency))::int as emergencies
        from noise_events where at >= ${first} group by 1, 2`.execute(db);
      const { at, sessions, users, sessionSeconds, accounts } = last[0]!;
      return {
        at: at.toISOString(),
        users: accounts,
        sessionsLastDay: sessions,
        usersLastDay: users,
        sessionSecondsLastDay: sessionSeconds,
        noiseEventsLastDay: { ...noNoise, ...counts(noises) } as Record<NoiseKind, number>,
        emergenciesLastDay: sum(noises.map((row) => row.emergencies)),
        days: daysOf(sessionDays, userDays, noiseDays),
      };
    }),
};

type LastDay = {
  at: Date;
  sessions: number;
  users: number;
  sessionSeconds: number;
  accounts: number;
};
type NoiseRow = { kind: NoiseKind; count: number; emergencies: number };
type SessionDay = { day: string; sessions: number; users: number; sessionSeconds: number };
type UserDay = { day: string; users: number };
type NoiseDay = NoiseRow & { day: string };

const noNoise = Object.fromEntries(noiseKinds.map((kind) => [kind, 0]));

const counts = (rows: readonly NoiseRow[]) =>
  Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));

const sum = (values: readonly number[]) => values.reduce((total, v) => total + v, 0);

function daysOf(
  sessions: readonly SessionDay[],
  users: readonly UserDay[],
  noises: readonly NoiseDay[],
): BusinessDay[] {
  const days = new Set([...sessions, ...users, ...noises].map(({ day }) => day));
  return [...days].sort().map((day) => {
    const session = sessions.find((row) => row.day === day);
    const noise = noises.filter((row) => row.day === day);
    return {
      day,
      sessions: session?.sessions ?? 0,
      users: session?.users ?? 0,
      sessionSeconds: session?.sessionSeconds ?? 0,
      registrations: users.find((row) => row.day === day)?.users ?? 0,
      noiseEvents: counts(noise),
      emergencies: sum(noise.map((row) => row.emergencies)),
    };
  });
}
