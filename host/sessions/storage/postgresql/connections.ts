import pg from 'pg';

export interface PoolOptions {
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** the role that sessions begin with; absent: that of the log-in, which may do nothing by itself */
  readonly role?: string;
}

const int8 = pg.types.builtins.INT8;

/**
 * A pool that outlives the server: broken connections leave it, and the next work makes new ones. The time limits are
 * kept by the server, and a little later by this side, for servers that do not answer any more.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const { poolSize = 10, statementTimeoutMs = 10_000, connectTimeoutMs = 5_000, role } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    idle_in_transaction_session_timeout: 3 * statementTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'anc-sessions',
    ...(role ? { options: `-c role=${role}` } : {}),
    types: {
      // As PGlite reads it; counts and sizes stay far below 2^53.
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === int8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // Without listeners a connection that breaks would end the process; the work on it learns of it by itself.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
