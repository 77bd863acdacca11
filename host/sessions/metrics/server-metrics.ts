import { statfs } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface PoolSnapshot {
  /** connections that do nothing */
  readonly idle: number;
  readonly busy: number;
  /** who waits for a connection */
  readonly waiting: number;
}

/** Errors, the database's pool, the disks. What Node itself tells comes from prom-client. */
export class ServerMetrics {
  readonly #errors: Counter<'code'>;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#errors = new Counter({
      name: 'anc_errors_total',
      help: 'Errors of the server by stable code; refusals of what clients sent wrong are none',
      labelNames: ['code'],
      registers: [registry],
    });
  }

  /** Codes are those of the source; what has another shape counts as INTERNAL. */
  error(code: string, count = 1): void {
    this.#errors.inc({ code: /^[A-Z][A-Z\d_]{1,63}$/.test(code) ? code : 'INTERNAL' }, count);
  }

  watchDatabase(pool: () => PoolSnapshot): void {
    new Gauge({
      name: 'anc_database_connections',
      help: 'Connections of the database’s pool by state, and who waits for one',
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        for (const [state, count] of Object.entries(pool())) this.set({ state }, count);
      },
    });
  }

  /** @param folders by what they hold: `data`, `recordings`, `logs` */
  watchDisks(folders: Readonly<Record<string, string>>): void {
    const gauge = (
      name: string,
      help: string,
      of: (disk: { bsize: number; blocks: number; bavail: number }) => number,
    ) =>
      new Gauge({
        name,
        help,
        labelNames: ['folder'],
        registers: [this.#registry],
        async collect() {
          for (const [folder, path] of Object.entries(folders)) {
            // a disk that is gone has no series; the alert on its absence is not lost in an error of the whole scrape
            const disk = await statfs(path).catch(() => null);
            if (disk) this.set({ folder }, of(disk));
            else this.remove({ folder });
          }
        },
      });
    gauge('anc_disk_size_bytes', 'Size of the disk under a folder', (d) => d.bsize * d.blocks);
    gauge(
      'anc_disk_free_bytes',
      'What is free for the server on the disk under a folder',
      (d) => d.bsize * d.bavail,
    );
  }
}
