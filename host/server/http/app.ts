import express, { type ErrorRequestHandler, type Express } from 'express';
import { errorView } from '../errors.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { apiRoutes, errorStatus } from './api.ts';
import { firmwareRoutes } from './firmware.ts';
import { healthRoutes } from './health.ts';
import type { Metrics } from './metrics.ts';
import type { SameOrigin } from './same-origin.ts';
import { onlyOwnOrigin, securityHeaders, sendError } from './security.ts';

const notBuilt = {
  code: 'PANEL_NOT_BUILT',
  message: 'the panel has not been built',
  hint: 'run npm run build',
};

export function createApp(
  monitor: Monitor,
  metrics: Metrics,
  sameOrigin: SameOrigin,
  panelDir: string | null,
  firmwareDir: string | null = null,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders(), onlyOwnOrigin(sameOrigin));
  app.use('/api/v1/health', healthRoutes(monitor));
  app.use('/api/v1/firmware', firmwareRoutes(firmwareDir));
  app.use('/api/v1', apiRoutes(monitor));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.registry.contentType);
    response.send(await metrics.registry.metrics());
  });
  if (panelDir) app.use(express.static(panelDir, { cacheControl: false, etag: true }));
  else app.get('/', (_request, response) => sendError(response, 503, notBuilt));
  app.use((request, response) =>
    sendError(response, 404, {
      code: 'NOT_FOUND',
      message: `there is nothing at ${request.method} ${request.path}`,
      hint: null,
    }),
  );
  const failed: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) next(error);
    else sendError(response, errorStatus(error), errorView(error));
  };
  app.use(failed);
  return app;
}
