import type { Request, RequestHandler } from 'express';
import { Gauge, Histogram, type Registry } from 'prom-client';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Duration of requests. The label is the pattern of the route, never the path: ids and what scanners try are no labels. */
export class HttpMetrics {
  readonly #durations: Histogram<'method' | 'route' | 'status'>;
  readonly #running: Gauge;

  constructor(registry: Registry) {
    this.#durations = new Histogram({
      name: 'anc_http_request_duration_seconds',
      help: 'Duration of HTTP requests by method, pattern of the route below /api/v1 and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
    this.#running = new Gauge({
      name: 'anc_http_requests_running',
      help: 'HTTP requests that wait for their answer',
      registers: [registry],
    });
  }

  /** Goes before all routes. */
  readonly middleware: RequestHandler = (request, response, next) => {
    const start = performance.now();
    this.#running.inc();
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      this.#running.dec();
      // a client that left before the answer, as nginx calls it
      const status = response.writableFinished ? response.statusCode : 499;
      this.observe(request, status, (performance.now() - start) / 1000);
    };
    response.once('finish', over);
    response.once('close', over);
    next();
  };

  observe(request: Pick<Request, 'method' | 'route'>, status: number, seconds: number) {
    const method = methods.has(request.method) ? request.method : 'other';
    const labels = { method, route: routeOf(request), status: String(status) };
    this.#durations.observe(labels, seconds);
  }
}

/** Without what it is mounted at: a route that fails has left its router, and lost that, before its answer ends. */
function routeOf({ route }: Pick<Request, 'route'>): string {
  const path = (route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'unmatched';
}
