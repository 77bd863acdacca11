import { type Selectable, type Transaction, sql } from 'kysely';
import type { Principal } from '../accounts/principal.ts';
import { type DevicesTable, type Schema, json } from '../storage/index.ts';
import { Refusal } from './problem.ts';

/** @throws Refusal NOT_FOUND: there is none, or none that the actor may see */
export async function getDevice(
  db: Transaction<Schema>,
  id: string,
): Promise<Selectable<DevicesTable>> {
  const row = await db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new Refusal('NOT_FOUND', `there is no device ${id} that you may see`);
  return row;
}

export interface TelemetryEntry {
  readonly at: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Who may see a device may not always remove it. @throws Refusal NOT_FOUND, NOT_PERMITTED */
export async function deleteDevice(db: Transaction<Schema>, id: string): Promise<void> {
  await getDevice(db, id);
  const { numDeletedRows } = await db.deleteFrom('devices').where('id', '=', id).executeTakeFirst();
  if (numDeletedRows === 0n) throw notYours(id);
}

/** Entries of one device; it counts as seen when the newest of them was made. @throws Refusal NOT_FOUND, NOT_PERMITTED */
export async function addTelemetry(
  db: Transaction<Schema>,
  actor: Principal,
  deviceId: string,
  entries: readonly TelemetryEntry[],
): Promise<{ accepted: number }> {
  const { userId } = await getDevice(db, deviceId);
  if (userId !== actor.userId) throw notYours(deviceId);
  const rows = entries.map(({ at, values }) => ({ userId, deviceId, at, payload: json(values) }));
  await db.insertInto('deviceTelemetry').values(rows).execute();
  const now = new Date();
  await db
    .updateTable('devices')
    .set({ lastSeenAt: sql`greatest(last_seen_at, ${now}::timestamptz)` })
    .where('id', '=', deviceId)
    .execute();
  return { accepted: rows.length };
}

function notYours(id: string): Refusal {
  return new Refusal('NOT_PERMITTED', `the device ${id} belongs to somebody else`);
}
