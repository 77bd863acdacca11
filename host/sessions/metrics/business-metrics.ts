import { Counter, Gauge, type Registry } from 'prom-client';
import { type NoiseKind, noiseKinds } from '../protocol/index.ts';

/** What the hourly job of the same name found; of the whole installation. */
export interface BusinessFigures {
  readonly sessionsLastDay: number;
  readonly usersLastDay: number;
  readonly sessionSecondsLastDay: number;
  readonly noiseEventsLastDay: Readonly<Record<NoiseKind, number>>;
  readonly emergenciesLastDay: number;
  readonly users: number;
}

export class BusinessMetrics {
  readonly #registrations: Counter<'kind'>;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#registrations = new Counter({
      name: 'anc_registrations_total',
      help: 'Accounts made at this instance: users, guests',
      labelNames: ['kind'],
      registers: [registry],
    });
    for (const kind of ['user', 'guest']) this.#registrations.inc({ kind }, 0);
  }

  registered(kind: 'user' | 'guest'): void {
    this.#registrations.inc({ kind });
  }

  /** Asked at each scrape; every instance says the same: take max() over instances, not sum(). */
  watch(figures: () => Promise<BusinessFigures | null>): void {
    const registry = this.#registry;
    const gauge = (
      name: string,
      help: string,
      set: (gauge: Gauge<'kind'>, figures: BusinessFigures) => void,
      labelNames: readonly 'kind'[] = [],
    ) => {
      new Gauge<'kind'>({
        name,
        help,
        labelNames,
        registers: [registry],
        async collect() {
          const found = await figures().catch(() => null);
          if (found) set(this, found);
          // reset() alone would leave a zero where there are no labels
          else if (labelNames.length > 0) this.reset();
          else this.remove();
        },
      });
    };
    gauge('anc_users', 'Accounts that are no guests', (g, f) => g.set(f.users));
    gauge('anc_sessions_last_day', 'Sessions begun in the last 24 h', (g, f) =>
      g.set(f.sessionsLastDay),
    );
    gauge('anc_users_last_day', 'Users and guests who began a session in the last 24 h', (g, f) =>
      g.set(f.usersLastDay),
    );
    gauge(
      'anc_session_seconds_last_day',
      'Duration of all sessions begun in the last 24 h together',
      (g, f) => g.set(f.sessionSecondsLastDay),
    );
    gauge('anc_emergencies_last_day', 'Sirens and alarms of the last 24 h', (g, f) =>
      g.set(f.emergenciesLastDay),
    );
    gauge(
      'anc_noise_events_last_day',
      'Noises of the last 24 h by kind',
      (g, f) => noiseKinds.forEach((kind) => g.set({ kind }, f.noiseEventsLastDay[kind])),
      ['kind'],
    );
  }
}
