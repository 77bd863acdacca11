import { sql, type Kysely } from 'kysely';
import { isAdmin, isStaff, ownRow, protect } from './row-security.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    create table devices (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      serial_number text not null check (length(serial_number) between 1 and 100),
      board text not null check (length(board) <= 100),
      firmware_version text not null check (length(firmware_version) <= 100),
      name text not null default '' check (length(name) <= 200),
      created_at timestamptz(3) not null default now(),
      last_seen_at timestamptz(3),
      unique (id, user_id),
      unique (user_id, serial_number)
    );
    create index devices_by_age on devices (created_at desc, id desc);

    create table device_telemetry (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      device_id uuid not null,
      at timestamptz(3) not null,
      received_at timestamptz(3) not null default now(),
      payload jsonb not null,
      foreign key (device_id, user_id) references devices (id, user_id) on delete cascade
    );
    create index device_telemetry_by_device on device_telemetry (device_id, at desc);
    create index device_telemetry_by_user on device_telemetry (user_id);
    create index device_telemetry_by_age on device_telemetry (received_at);

    create table noise_events (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      session_id uuid,
      device_id uuid,
      at timestamptz(3) not null,
      kind text not null
        check (kind in ('quiet', 'hum', 'broadband', 'speech', 'impulse', 'siren')),
      confidence double precision not null check (confidence between 0 and 1),
      level_dbfs double precision not null,
      emergency boolean not null default false,
      foreign key (session_id, user_id) references sessions (id, user_id) on delete cascade,
      foreign key (device_id, user_id) references devices (id, user_id) on delete cascade
    );
    create index noise_events_by_user on noise_events (user_id, at desc, id desc);
    create index noise_events_by_age on noise_events (at desc, id desc);
    create index noise_events_by_session on noise_events (session_id);
    create index noise_events_by_device on noise_events (device_id);
    `,
    )
    .execute(db);
  // Engineers look after the fleet: they see every device, and change only their own.
  const fleet = {
    read: `${ownRow} or ${isStaff}`,
    insert: ownRow,
    change: `${ownRow} or ${isAdmin}`,
  };
  await protect(db, 'devices', {
    app: 'select, insert, update (board, firmware_version, name, last_seen_at), delete',
    ...fleet,
  });
  await protect(db, 'device_telemetry', { app: 'select, insert, delete', ...fleet });
  await protect(db, 'noise_events', { app: 'select, insert, delete', ...fleet });
}
