import express, { type Express, type RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { type AppOptions, createApp } from './api/app.ts';
import { authenticateWith } from './api/middleware/authenticate.ts';
import { Readiness } from './api/readiness.ts';
import { apiRoutes } from './api/routes/index.ts';
import type { Services } from './api/services.ts';
import type { Config } from './config/index.ts';
import { eraseJobs } from './jobs/index.ts';
import type { Logger } from './logging/index.ts';
import { type SessionMetrics, metricsRouter } from './metrics/index.ts';

export interface AppParts extends Omit<Services, 'readiness' | 'eraseJobs' | 'metrics'> {
  readonly config: Config;
  readonly logger: Logger;
  readonly redis: Redis | null;
  readonly metrics: SessionMetrics;
  /** folder of the built pages; null: none */
  readonly pages: string | null;
}

/** The API, and beside it the metrics and the pages. */
export function composeApp(parts: AppParts): Express {
  const { config, logger, accounts, limiter, origins, metrics, pages } = parts;
  const services: Services = {
    ...parts,
    readiness: new Readiness(parts),
    eraseJobs: (userId) => eraseJobs(parts.database, userId),
    metrics: metrics.business,
  };
  const { token } = config.metrics;
  const options: AppOptions = {
    log: logger,
    origins,
    limiter,
    authenticate: authenticateWith(accounts),
    trustProxy: config.http.trustProxy,
    routes: apiRoutes(services),
    before: [metrics.http.middleware],
    beside: [
      metricsRouter(metrics.registry, { token, loopbackOnly: token === null }),
      ...(pages === null ? [] : [pagesOf(pages)]),
    ],
    onFault: (code) => metrics.server.error(code),
  };
  return createApp(options);
}

/** Pages change with the server: browsers ask each time, and get 304. */
function pagesOf(folder: string): RequestHandler {
  return express.static(folder, { extensions: ['html'], cacheControl: false });
}
