import { sql, type Kysely } from 'kysely';
import { isAdmin, ownRow, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create table refresh_tokens (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      family uuid not null,
      token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      used_at timestamptz(3),
      revoked_at timestamptz(3)
    );
    create index refresh_tokens_by_family on refresh_tokens (family);
    create index refresh_tokens_by_user on refresh_tokens (user_id);
    create index refresh_tokens_by_end on refresh_tokens (expires_at);

    create table api_keys (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      name text not null check (length(name) between 1 and 200),
      prefix text not null unique,
      key_hash text not null check (key_hash ~ '^[0-9a-f]{64}$'),
      scopes text[],
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3),
      last_used_at timestamptz(3),
      revoked_at timestamptz(3)
    );
    create index api_keys_by_user on api_keys (user_id, created_at desc, id desc);
    `,
    )
    .execute(db);
  await protect(db, 'refresh_tokens', {
    app: 'select (id, user_id, family, created_at, expires_at, used_at, revoked_at)',
    read: `${ownRow} or ${isAdmin}`,
  });
  await protect(db, 'api_keys', {
    app: `select (id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at),
      insert (user_id, name, prefix, key_hash, scopes, expires_at), update (name, revoked_at)`,
    read: `${ownRow} or ${isAdmin}`,
    insert: ownRow,
    change: `${ownRow} or ${isAdmin}`,
  });
}
