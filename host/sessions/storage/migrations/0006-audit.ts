import { sql, type Kysely } from 'kysely';
import { isAdmin, me, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create table audit_events (
      id uuid primary key default gen_random_uuid(),
      at timestamptz(3) not null default now(),
      actor_id uuid references users (id) on delete set null,
      subject_id uuid references users (id) on delete set null,
      action text not null check (action ~ '^[a-z-]+\\.[a-z-]+$'),
      target text check (length(target) <= 200),
      details jsonb not null default '{}'
    );
    create index audit_events_by_age on audit_events (at desc, id desc);
    create index audit_events_by_actor on audit_events (actor_id, at desc);
    create index audit_events_by_subject on audit_events (subject_id);
    `,
    )
    .execute(db);
  // No update and no delete for anybody but the owner: append-only.
  await protect(db, 'audit_events', {
    app: 'select, insert (actor_id, subject_id, action, target, details)',
    read: `actor_id = ${me} or ${isAdmin}`,
    insert: `actor_id = ${me}`,
    system: 'select, insert (actor_id, subject_id, action, target, details)',
  });
}
