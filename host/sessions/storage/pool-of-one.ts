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
  /** Alone on the connection, outside of any transaction. */
  alone<T>(work: (connection: OneConnection) => Promise<T>): Promise<T>;
}

/** A single connection behind the interface of pg’s pool: transactions wait for each other, first come first served. */
export function poolOfOne(connection: OneConnection): PoolOfOne {
  let last: Promise<unknown> = Promise.resolve();
  const acquire = async (): Promise<() => void> => {
    const before = last;
    let release = () => {};
    last = new Promise<void>((resolve) => (release = resolve));
    await before;
    return release;
  };
  return {
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
      await acquire();
      await connection.end();
    },
  };
}
