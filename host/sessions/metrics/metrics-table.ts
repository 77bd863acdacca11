import { SessionMetrics } from './session-metrics.ts';

export interface MetricFacts {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** All that a server with everything exports, by name. */
export function allMetrics(): MetricFacts[] {
  const metrics = new SessionMetrics();
  metrics.server.watchDatabase(() => ({ idle: 0, busy: 0, waiting: 0 }));
  metrics.server.watchDisks({});
  metrics.jobs.watch(async () => []);
  metrics.business.watch(async () => null);
  return metrics.registry
    .getMetricsAsArray()
    .map((metric) => {
      const { name, help, type, labelNames = [] } = metric as unknown as Description;
      return { name, help, type: String(type), labels: [...labelNames] };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

interface Description {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames?: readonly string[];
}

/** docs/metrics.md */
export function metricsDocument(): string {
  const own = allMetrics().filter(({ name }) => name.startsWith('anc_'));
  const table = (rows: readonly MetricFacts[]) =>
    [
      '| metric | type | labels | what it is |',
      '|---|---|---|---|',
      ...rows.map(({ name, type, labels, help }) => {
        const shown = labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ');
        return `| \`${name}\` | ${type} | ${shown} | ${help} |`;
      }),
    ].join('\n');
  return `<!-- Generated from host/sessions/metrics by \`npm run generate\`. Do not edit. -->

# Metrics of the session server

What \`GET /metrics\` of the session server exports. How to scrape it, the alerts and the dashboards:
[operations.md](operations.md). Every series also has the label \`anc_instance\`, the name of the server. Beside these
there are the \`process_…\` and \`nodejs_…\` metrics of prom-client: CPU, memory, handles, event-loop lag, collections.

${table(own)}
`;
}
