import { sql, type Kysely } from 'kysely';
import { isAdmin, me, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create function app_user_id() returns uuid language sql stable parallel safe
      as $$ select nullif(current_setting('app.current_user_id', true), '')::uuid $$;
    create function app_role() returns text language sql stable parallel safe
      as $$ select coalesce(current_setting('app.current_role', true), '') $$;

    create table users (
      id uuid primary key default gen_random_uuid(),
      kind text not null default 'user' check (kind in ('user', 'guest')),
      email text unique check (email = lower(email) and length(email) <= 254),
      name text not null default '' check (length(name) <= 200),
      role text not null default 'viewer' check (role in ('viewer', 'engineer', 'admin')),
      password_hash text,
      token_version integer not null default 1,
      disabled_at timestamptz(3),
      last_login_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      check (
        case kind
          when 'guest' then email is null and password_hash is null and role = 'viewer'
          else email is not null and password_hash is not null
        end
      )
    );
    create index users_by_age on users (created_at desc, id desc);
    `,
    )
    .execute(db);
  await protect(db, 'users', {
    app: `select (id, kind, email, name, role, token_version, disabled_at, last_login_at, created_at),
      update (name, role, disabled_at)`,
    read: `id = ${me} or ${isAdmin}`,
  });
  await sql
    .raw(
      `
    create policy app_update_own on users for update to anc_app
      using (id = ${me}) with check (id = ${me} and role = (select app_role()) and disabled_at is null);
    create policy app_update_admin on users for update to anc_app
      using (${isAdmin}) with check (${isAdmin});
    `,
    )
    .execute(db);
}
