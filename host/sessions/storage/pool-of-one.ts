import type { PostgresPool, PostgresPoolClient } from 'kysely';

/** The one connection; statements without parameters may be several in one text. */
export interface OneConnection {
  query(text: string, values: readonly unknown[]): Promise<OneResult>;
  end(): Promise<void>;
}

export interface OneResult {
  readonly rows: unknown[];
  readonly rowCount: number;
}

export interface PoolOfOne extends PostgresPool {
  /** who has the connection, and who waits for it */
  readonly users: number;
  /** Alone on the connection, outside of any transaction. */
  alone<T>(work: (connection: OneConnection) => Promise<T>): Promise<T>;
}

/** A single connection behind the interface of pg’s pool: transactions wait for each other, first come first served. */
export function poolOfOne(connection: OneConnection): PoolOfOne {
  let last: Promise<unknown> = Promise.resolve();
  let isEnded = false;
  let users = 0;
  const acquire = async (): Promise<() => void> => {
    const before = last;
    let release = () => {};
    last = new Promise<void>((resolve) => (release = resolve));
    users += 1;
    void last.then(() => (users -= 1));
    await before;
    if (!isEnded) return release;
    release();
    throw new Error('Cannot use a pool after its end');
  };
  return {
    get users() {
      return users;
    },
    async connect() {
      const release = await acquire();
      const query = async (text: string, values: readonly unknown[] = []) => {
        const { rows, rowCount } = await connection.query(text, values);
        // kysely wants the command only to tell whether the count is one of changed rows.
        return { rows, rowCount, command: 'UPDATE' };
      };
      return { query, release } as unknown as PostgresPoolClient;
    },
    async alone(work) {
      const release = await acquire();
      try {
        return await work(connection);
      } finally {
        release();
      }
    },
    async end() {
      const release = await acquire();
      isEnded = true;
      await connection.end().finally(release);
    },
  };
}
