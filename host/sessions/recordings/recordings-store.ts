import { AncError } from '@anc/link';
import { type Selectable, type Transaction, sql } from 'kysely';
import type { Principal } from '../accounts/principal.ts';
import { lockName } from '../accounts/locks.ts';
import { readPage } from '../api/paging.ts';
import { Refusal } from '../api/problem.ts';
import type { Database, Page, PageRequest, RecordingsTable, Schema } from '../storage/index.ts';
import { type ReceivedFile, type RecordingFiles, tooLarge } from './recording-files.ts';

export type RecordingRow = Selectable<RecordingsTable>;

export interface NewRecording {
  readonly name: string;
  readonly note: string;
  readonly sessionId?: string | undefined;
  /** hex, when the sender knows it */
  readonly sha256?: string | undefined;
  /** of `Content-Length`; null: not said */
  readonly announcedBytes: number | null;
}

export interface RecordingFilter extends PageRequest {
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What one user may send at once: each holds a file that is not counted yet. */
const maxUploadsAtOnce = 2;
/** A file whose row may still be on its way is left alone for this long. */
const orphanAgeMs = 3_600_000;

/** Rows and files together: neither stays without the other. */
export class RecordingsStore {
  readonly files: RecordingFiles;
  #database: Database;
  #quotaBytes: number;
  #uploads = new Map<string, number>();

  /** @param quotaBytes of one user */
  constructor(database: Database, files: RecordingFiles, quotaBytes: number) {
    this.#database = database;
    this.files = files;
    this.#quotaBytes = quotaBytes;
  }

  /**
   * @throws AncError as RecordingFiles.receive; Refusal QUOTA_EXCEEDED, UPLOADS_TOO_MANY, CHECKSUM_MISMATCH, NOT_FOUND (the
   * session). Nothing is left then.
   */
  async add(
    actor: Principal,
    recording: NewRecording,
    source: AsyncIterable<Buffer>,
  ): Promise<RecordingRow> {
    const { announcedBytes } = recording;
    if (announcedBytes !== null && announcedBytes > this.files.maxBytes)
      throw tooLarge(this.files.maxBytes);
    const leave = this.#enter(actor.userId);
    try {
      await this.#database.as(actor, (db) => this.#requireRoom(db, actor, announcedBytes ?? 0));
      const file = await this.files.receive(source);
      return await this.#keep(actor, recording, file);
    } finally {
      leave();
    }
  }

  /** @throws Refusal NOT_FOUND */
  async get(actor: Principal, id: string): Promise<RecordingRow> {
    const row = await this.#database.as(actor, (db) =>
      db.selectFrom('recordings').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    if (!row) throw notFound(id);
    return row;
  }

  list<T>(
    actor: Principal,
    filter: RecordingFilter,
    view: (row: RecordingRow) => T,
  ): Promise<Page<T>> {
    const { sessionId, userId, from, to } = filter;
    return this.#database.reading(actor, (db) => {
      let query = db.selectFrom('recordings').selectAll();
      if (sessionId) query = query.where('sessionId', '=', sessionId);
      if (userId) query = query.where('userId', '=', userId);
      if (from) query = query.where('createdAt', '>=', new Date(from));
      if (to) query = query.where('createdAt', '<', new Date(to));
      return readPage(query, filter, 'createdAt', view);
    });
  }

  /** @throws Refusal NOT_FOUND */
  async delete(actor: Principal, id: string): Promise<void> {
    const row = await this.#database.as(actor, (db) =>
      db.deleteFrom('recordings').where('id', '=', id).returning('fileKey').executeTakeFirst(),
    );
    if (!row) throw notFound(id);
    await this.files.remove(row.fileKey);
  }

  /** Files without a row: of a server that ended between the two. Returns how many went. */
  async removeOrphans(): Promise<number> {
    let removed = 0;
    for await (const fileKey of this.files.stored(orphanAgeMs)) {
      const known = await this.#database.system((db) =>
        db.selectFrom('recordings').select('id').where('fileKey', '=', fileKey).executeTakeFirst(),
      );
      if (known) continue;
      await this.files.remove(fileKey);
      removed += 1;
    }
    return removed;
  }

  #enter(userId: string): () => void {
    const running = this.#uploads.get(userId) ?? 0;
    if (running >= maxUploadsAtOnce)
      throw new Refusal('UPLOADS_TOO_MANY', `${running} recordings of this user are on their way`);
    this.#uploads.set(userId, running + 1);
    return () => {
      const left = (this.#uploads.get(userId) ?? 1) - 1;
      if (left > 0) this.#uploads.set(userId, left);
      else this.#uploads.delete(userId);
    };
  }

  async #requireRoom(db: Transaction<Schema>, actor: Principal, bytes: number): Promise<void> {
    const { used } = await db
      .selectFrom('recordings')
      .select(sql<string>`coalesce(sum(bytes), 0)`.as('used'))
      .where('userId', '=', actor.userId)
      .executeTakeFirstOrThrow();
    if (Number(used) + bytes <= this.#quotaBytes) return;
    throw new Refusal(
      'QUOTA_EXCEEDED',
      `${used} of ${this.#quotaBytes} bytes are used, the recording has ${bytes}`,
    );
  }

  async #keep(
    actor: Principal,
    { name, note, sessionId = undefined, sha256 }: NewRecording,
    file: ReceivedFile,
  ): Promise<RecordingRow> {
    const { keep, drop, ...facts } = file;
    try {
      if (sha256 !== undefined && sha256 !== facts.sha256)
        throw new Refusal('CHECKSUM_MISMATCH', `SHA-256 of what came is ${facts.sha256}`);
      return await this.#database.as(actor, async (db) => {
        await lockName(db, `recordings of ${actor.userId}`);
        await this.#requireRoom(db, actor, facts.bytes);
        const row = await db
          .insertInto('recordings')
          .values({ userId: actor.userId, name, note, sessionId: sessionId ?? null, ...facts })
          .returningAll()
          .executeTakeFirstOrThrow();
        await keep();
        return row;
      });
    } catch (error) {
      // When the line broke at the commit, nobody knows whether the row is there: the file stays, as an orphan at worst.
      if (!(error instanceof AncError && error.code === 'DATABASE_UNAVAILABLE')) await drop();
      if ((error as { code?: string }).code === '23503')
        throw new Refusal('NOT_FOUND', `there is no session ${sessionId} of yours`);
      throw error;
    }
  }
}

function notFound(id: string): Refusal {
  return new Refusal('NOT_FOUND', `there is no recording ${id} that you may see`);
}
