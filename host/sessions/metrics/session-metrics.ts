import { collectDefaultMetrics, Registry } from 'prom-client';
import { BusinessMetrics } from './business-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { JobMetrics } from './job-metrics.ts';
import { LiveCounters } from './live-metrics.ts';
import { ServerMetrics } from './server-metrics.ts';

/** All that one server tells Prometheus; one registry a server, so that tests may have several in a process. */
export class SessionMetrics {
  readonly registry = new Registry();
  readonly http = new HttpMetrics(this.registry);
  readonly jobs = new JobMetrics(this.registry);
  readonly business = new BusinessMetrics(this.registry);
  readonly server = new ServerMetrics(this.registry);
  readonly live = new LiveCounters(this.registry, (code, count) => this.server.error(code, count));

  constructor({ instance }: { readonly instance?: string } = {}) {
    // CPU, memory, event-loop delay, garbage collection
    collectDefaultMetrics({ register: this.registry });
    if (instance !== undefined) this.registry.setDefaultLabels({ anc_instance: instance });
  }
}
