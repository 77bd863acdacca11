/** Users and rows for tests, without the work of hashing passwords. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Principal, Role } from '../accounts/principal.ts';
import { defaultSettings } from '../protocol/index.ts';
import { json, type Database } from '../storage/index.ts';

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

export async function seedUser(
  database: Database,
  role: Role = 'viewer',
  email = `${hex(6)}@example.com`,
): Promise<Principal> {
  const { id } = await database.system((db) =>
    db
      .insertInto('users')
      .values({ email, role, name: `name of ${email}`, passwordHash: 'no password' })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return { userId: id, role, kind: 'user', scopes: null, keyId: null };
}

export interface SeededRows {
  readonly sessionId: string;
  readonly deviceId: string;
  readonly recordingId: string;
  readonly fileKey: string;
}

/** One row of the user in every table that has an owner. */
export function seedRows(database: Database, { userId }: Principal): Promise<SeededRows> {
  return database.system(async (db) => {
    const at = new Date();
    const sessionId = randomUUID();
    const deviceId = randomUUID();
    const recordingId = randomUUID();
    const fileKey = `${userId}/${recordingId}.wav`;
    const stats = json({
      chunksProcessed: 1,
      chunksDropped: 0,
      chunksFilled: 0,
      chunksRefused: 0,
      queueDepth: 0,
      inputDbfs: -20,
      outputDbfs: -40,
      cancellationDb: 20,
      latency: {
        queueMs: { p50: 1, p95: 1, p99: 1 },
        filterMs: { p50: 1, p95: 1, p99: 1 },
        totalMs: { p50: 1, p95: 1, p99: 1 },
      },
    });
    await db
      .insertInto('sessions')
      .values({ id: sessionId, userId, settings: json(defaultSettings) })
      .execute();
    await db
      .insertInto('sessionProgress')
      .values({
        userId,
        sessionId,
        stats,
        bands: json([{ centreHz: 125, inputDbfs: -20, outputDbfs: -40 }]),
      })
      .execute();
    await db
      .insertInto('sessionTickets')
      .values({
        ticketHash: hex(32),
        userId,
        sessionId,
        expiresAt: new Date(at.getTime() + 60_000),
      })
      .execute();
    await db
      .insertInto('devices')
      .values({ id: deviceId, userId, serialNumber: '1', board: 'b', firmwareVersion: '1.0.0' })
      .execute();
    await db
      .insertInto('deviceTelemetry')
      .values({ userId, deviceId, at, payload: json({ levelDbfs: -30 }) })
      .execute();
    await db
      .insertInto('recordings')
      .values({
        ...{ id: recordingId, userId, sessionId, name: 'one.wav', bytes: 44, sha256: hex(32) },
        ...{ channels: 1, sampleRateHz: 48_000, durationSeconds: 0, fileKey },
      })
      .execute();
    await db
      .insertInto('noiseEvents')
      .values({ userId, sessionId, at, kind: 'hum', confidence: 0.5, levelDbfs: -30 })
      .execute();
    await db
      .insertInto('refreshTokens')
      .values({ userId, family: randomUUID(), tokenHash: hex(32), expiresAt: at })
      .execute();
    await db
      .insertInto('apiKeys')
      .values({ userId, name: 'key', prefix: hex(6), keyHash: hex(32), scopes: ['sessions:read'] })
      .execute();
    await db.insertInto('auditEvents').values({ actorId: userId, action: 'test.seed' }).execute();
    return { sessionId, deviceId, recordingId, fileKey };
  });
}
