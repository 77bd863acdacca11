/** What the server is told by its environment, checked. */
export interface Config {
  readonly production: boolean;
  /** name of this server among several */
  readonly instance: string;
  /** PGlite, recordings, the secret of development */
  readonly dataFolder: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
    /** as express takes it */
    readonly trustProxy: number | readonly string[];
    readonly corsOrigins: readonly string[];
  };
  readonly database: {
    /** null: PGlite in `dataFolder` */
    readonly url: string | null;
    readonly readUrl: string | null;
    readonly adminUrl: string | null;
    readonly poolSize: number;
    readonly statementTimeoutMs: number;
    readonly connectTimeoutMs: number;
  };
  readonly redisUrl: string | null;
  readonly tokens: {
    /** signs */
    readonly secret: string;
    /** still accepted, until the tokens that it signed have expired */
    readonly previousSecret: string | null;
  };
  readonly accounts: {
    readonly registration: boolean;
    readonly firstUserIsAdmin: boolean;
    readonly guests: boolean;
  };
  readonly metrics: {
    /** null: for this machine alone */
    readonly token: string | null;
  };
  readonly logs: {
    readonly level: string;
    /** null: standard output only */
    readonly folder: string | null;
    readonly maxBytes: number;
    readonly maxFiles: number;
  };
  readonly limits: {
    /** null: as many as the machine has cores, less one */
    readonly workerThreads: number | null;
    readonly sessions: number;
    readonly sessionsPerUser: number;
    readonly recordingBytes: number;
    readonly recordingsPerUserBytes: number;
    readonly retentionDays: number;
    readonly shutdownDeadlineMs: number;
  };
}
