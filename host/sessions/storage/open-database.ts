import type { Database } from './database.ts';
import { openPGlite } from './pglite/open-pglite.ts';
import { openPostgresql } from './postgresql/open-postgresql.ts';

export interface DatabaseOptions {
  /** of the restricted role; absent: PGlite in `folder` */
  readonly url?: string | null;
  readonly readUrl?: string | null;
  /** of the owner of the tables: used once, to migrate, then closed */
  readonly adminUrl?: string | null;
  readonly folder: string;
  /** connections to each server */
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
}

/**
 * Opens, and migrates where that is possible: always with PGlite, with `adminUrl` on PostgreSQL.
 * @throws AncError FOLDER_IN_USE, DATABASE_UNAVAILABLE, DATABASE_NOT_MIGRATED, DATABASE_ROLE_TOO_STRONG
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url } = options;
  return url ? openPostgresql({ ...options, url }) : openPGlite(options.folder);
}
