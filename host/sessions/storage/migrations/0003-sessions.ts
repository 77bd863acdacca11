import { sql, type Kysely } from 'kysely';
import { isAdmin, ownRow, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create table sessions (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      name text not null default '' check (length(name) <= 200),
      settings jsonb not null,
      state text not null default 'created' check (state in ('created', 'live', 'ended')),
      instance text,
      chunks_processed bigint not null default 0 check (chunks_processed >= 0),
      chunks_dropped bigint not null default 0 check (chunks_dropped >= 0),
      chunks_filled bigint not null default 0 check (chunks_filled >= 0),
      chunks_refused bigint not null default 0 check (chunks_refused >= 0),
      stats jsonb,
      created_at timestamptz(3) not null default now(),
      started_at timestamptz(3),
      seen_at timestamptz(3),
      ended_at timestamptz(3),
      end_reason text check (end_reason in ('client', 'owner', 'idle', 'shutdown', 'replaced')),
      unique (id, user_id),
      check ((state = 'ended') = (ended_at is not null))
    );
    create index sessions_by_user on sessions (user_id, created_at desc, id desc);
    create index sessions_by_age on sessions (created_at desc, id desc);
    create index sessions_open on sessions (seen_at) where state <> 'ended';

    -- The user is part of each foreign key, so that no row can hang below another user's session.
    create table session_progress (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      session_id uuid not null,
      at timestamptz(3) not null default now(),
      stats jsonb not null,
      bands jsonb not null,
      foreign key (session_id, user_id) references sessions (id, user_id) on delete cascade
    );
    create index session_progress_by_session on session_progress (session_id, at);
    create index session_progress_by_user on session_progress (user_id);

    create table session_tickets (
      ticket_hash text primary key check (ticket_hash ~ '^[0-9a-f]{64}$'),
      user_id uuid not null,
      session_id uuid not null,
      expires_at timestamptz(3) not null,
      foreign key (session_id, user_id) references sessions (id, user_id) on delete cascade
    );
    create index session_tickets_by_end on session_tickets (expires_at);
    create index session_tickets_by_session on session_tickets (session_id);
    `,
    )
    .execute(db);
  await protect(db, 'sessions', {
    app: 'select, insert, update (name, settings, state, ended_at, end_reason), delete',
    read: `${ownRow} or ${isAdmin}`,
    insert: ownRow,
    change: `${ownRow} or ${isAdmin}`,
  });
  // Written by the server that runs the session, not by its user.
  await protect(db, 'session_progress', { app: 'select', read: `${ownRow} or ${isAdmin}` });
  await protect(db, 'session_tickets', { app: '' });
}
