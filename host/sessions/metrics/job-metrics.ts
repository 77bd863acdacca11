import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * completed; retrying: failed and will run again; failed: for good, a dead letter; cancelled; returned: given back at
 * a stop.
 */
export const jobOutcomes = ['completed', 'retrying', 'failed', 'cancelled', 'returned'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** How many jobs of a name wait, and how many failed for good and nobody dealt with them. */
export interface JobBacklog {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
}

export class JobMetrics {
  readonly #total: Counter<'name' | 'outcome'>;
  readonly #durations: Histogram<'name'>;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#total = new Counter({
      name: 'anc_jobs_total',
      help: 'Runs of background jobs by name and outcome',
      labelNames: ['name', 'outcome'],
      registers: [registry],
    });
    this.#durations = new Histogram({
      name: 'anc_job_duration_seconds',
      help: 'Duration of one run of a background job',
      labelNames: ['name'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers: [registry],
    });
  }

  /** So that the first failure of a job is an increase and no new series. */
  known(names: readonly string[]): void {
    for (const name of names)
      for (const outcome of jobOutcomes) this.#total.inc({ name, outcome }, 0);
  }

  ended(name: string, outcome: JobOutcome, seconds: number): void {
    this.#total.inc({ name, outcome });
    this.#durations.observe({ name }, seconds);
  }

  /** Asked at each scrape; of the whole queue, so every instance says the same. */
  watch(backlog: () => Promise<readonly JobBacklog[]>): void {
    const gauge = new Gauge({
      name: 'anc_jobs',
      help: 'Background jobs in the queue by name and state; dead: failed for good and not yet dealt with',
      labelNames: ['name', 'state'],
      registers: [this.#registry],
      async collect() {
        const rows = await backlog().catch(() => null);
        gauge.reset();
        for (const { name, waiting, running, dead } of rows ?? []) {
          gauge.set({ name, state: 'waiting' }, waiting);
          gauge.set({ name, state: 'running' }, running);
          gauge.set({ name, state: 'dead' }, dead);
        }
      },
    });
  }
}
