import type { Metric, Registry } from 'prom-client';

/** Upper bounds, s: fine around the 10 ms that the server may add, and up to where a chunk is of no use any more. */
export const latencyBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 1,
];

interface Series {
  readonly counts: Float64Array;
  sum: number;
}

/**
 * A Prometheus histogram for what is observed three times a chunk, some hundred thousand times a second: no labels are
 * hashed and nothing is allocated on the way in.
 */
export class LatencyHistogram<Part extends string> {
  readonly #series: Readonly<Record<Part, Series>>;
  readonly #parts: readonly Part[];
  readonly #bounds: readonly number[];

  constructor(
    registry: Registry,
    options: {
      readonly name: string;
      readonly help: string;
      readonly label: string;
      readonly parts: readonly Part[];
      readonly bounds?: readonly number[];
    },
  ) {
    const { name, help, label, parts, bounds = latencyBounds } = options;
    this.#parts = parts;
    this.#bounds = bounds;
    const empty = (): Series => ({ counts: new Float64Array(bounds.length + 1), sum: 0 });
    this.#series = Object.fromEntries(parts.map((part) => [part, empty()])) as Record<Part, Series>;
    const metric = {
      name,
      help,
      type: 'histogram',
      labelNames: [label],
      aggregator: 'sum',
      get: async () => ({
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: this.#values(name, label),
      }),
      reset: () => {
        for (const part of parts) {
          this.#series[part].counts.fill(0);
          this.#series[part].sum = 0;
        }
      },
    };
    // the registry reads these members only; the type names the package's own classes
    registry.registerMetric(metric as unknown as Metric);
  }

  observe(part: Part, seconds: number): void {
    const series = this.#series[part];
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]!) at++;
    series.counts[at]!++;
    series.sum += seconds;
  }

  /** @param scale from the unit of the values to seconds */
  observeAll(part: Part, values: ArrayLike<number>, scale: number): void {
    for (let i = 0; i < values.length; i++) this.observe(part, values[i]! * scale);
  }

  #values(name: string, label: string) {
    return this.#parts.flatMap((part) => {
      const { counts, sum } = this.#series[part];
      let total = 0;
      const buckets = [...this.#bounds, '+Inf'].map((le, i) => {
        total += counts[i]!;
        return { metricName: `${name}_bucket`, labels: { le, [label]: part }, value: total };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels: { [label]: part }, value: sum },
        { metricName: `${name}_count`, labels: { [label]: part }, value: total },
      ];
    });
  }
}
