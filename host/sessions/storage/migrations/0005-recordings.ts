import { sql, type Kysely } from 'kysely';
import { isAdmin, ownRow, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create table recordings (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      session_id uuid,
      name text not null check (length(name) between 1 and 200),
      bytes bigint not null check (bytes >= 0),
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      channels integer not null check (channels between 1 and 64),
      sample_rate_hz integer not null check (sample_rate_hz between 1 and 768000),
      duration_seconds double precision not null check (duration_seconds >= 0),
      file_key text not null unique check (file_key ~ '^[0-9a-zA-Z/._-]+$' and file_key !~ '\\.\\.'),
      note text not null default '' check (length(note) <= 2000),
      created_at timestamptz(3) not null default now(),
      unique (id, user_id),
      foreign key (session_id, user_id) references sessions (id, user_id)
        on delete set null (session_id)
    );
    create index recordings_by_user on recordings (user_id, created_at desc, id desc);
    create index recordings_by_age on recordings (created_at desc, id desc);
    create index recordings_by_session on recordings (session_id);
    `,
    )
    .execute(db);
  await protect(db, 'recordings', {
    app: 'select, insert, update (name, note), delete',
    read: `${ownRow} or ${isAdmin}`,
    insert: ownRow,
    change: `${ownRow} or ${isAdmin}`,
  });
}
