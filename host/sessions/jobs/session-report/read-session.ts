import type { Selectable } from 'kysely';
import type { BandLevels } from '../../live/session-directory.ts';
import type { NoiseKind, SessionStats } from '../../protocol/index.ts';
import type { Database, SessionsTable } from '../../storage/index.ts';
import { FinalJobError, type JobActor } from '../job-definition.ts';

/** All that is known of a session, in the order of time. */
export interface SessionRecord {
  readonly session: Selectable<SessionsTable>;
  readonly progress: readonly ProgressRow[];
  readonly noises: readonly NoiseRow[];
}

export interface ProgressRow {
  readonly at: Date;
  readonly stats: SessionStats;
  readonly bands: readonly BandLevels[];
}

export interface NoiseRow {
  readonly at: Date;
  readonly kind: NoiseKind;
  readonly confidence: number;
  readonly levelDbfs: number;
  readonly emergency: boolean;
}

/** A day of live sound; a session may have no more in its report. */
const progressMost = 8640;
const noisesMost = 10_000;

/** @throws FinalJobError SESSION_NOT_FOUND when the actor does not see it, or it is gone */
export async function readSession(
  database: Database,
  actor: JobActor,
  sessionId: string,
): Promise<SessionRecord> {
  return database.as(actor, async (db) => {
    const session = await db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirst();
    if (!session) throw new FinalJobError('SESSION_NOT_FOUND', `There is no session ${sessionId}.`);
    const progress = await db
      .selectFrom('sessionProgress')
      .select(['at', 'stats', 'bands'])
      .where('sessionId', '=', sessionId)
      .orderBy('at')
      .limit(progressMost)
      .execute();
    const noises = await db
      .selectFrom('noiseEvents')
      .select(['at', 'kind', 'confidence', 'levelDbfs', 'emergency'])
      .where('sessionId', '=', sessionId)
      .orderBy('at')
      .limit(noisesMost)
      .execute();
    return { session, progress, noises };
  });
}
