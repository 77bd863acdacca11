import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { type TrustedProxies, trustSetting } from './client-address.ts';
import { docsPage } from './docs-page.ts';
import { errors, notFound } from './middleware/errors.ts';
import { crossOrigin, securityHeaders } from './middleware/headers.ts';
import { onlyKnownOrigins } from './middleware/origin.ts';
import { requestId } from './middleware/request-id.ts';
import { type Checks, mountRoutes } from './mount.ts';
import { openApiDocument } from './openapi.ts';
import type { Origins } from './origins.ts';
import type { AnyRoute } from './route.ts';

export interface AppOptions extends Checks {
  readonly log: Logger;
  readonly origins: Origins;
  readonly trustProxy: TrustedProxies;
  readonly routes: readonly AnyRoute[];
  /** what sees every request */
  readonly before?: readonly RequestHandler[];
  /** what else is served, as /metrics and the pages */
  readonly beside?: readonly RequestHandler[];
  /** counts what answers with a status of 500 and above */
  readonly onFault?: (code: string) => void;
}

export function createApp(options: AppOptions): Express {
  const { log, origins, trustProxy, routes, before = [], beside = [] } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustSetting(trustProxy));
  app.set('query parser', 'simple');
  for (const handler of before) app.use(handler);
  app.use(requestId(log), securityHeaders(), crossOrigin(origins));
  app.use('/api', onlyKnownOrigins(origins));
  const document = JSON.stringify(openApiDocument(routes));
  app.get(
    '/api/v1/openapi.json',
    (_request, response) => void response.type('json').send(document),
  );
  app.use('/api/docs', docsPage());
  app.use('/api/v1', mountRoutes(routes, options));
  // A path below /api that nobody knows is a problem; pages have their own rules.
  app.use('/api', notFound);
  for (const handler of beside) app.use(handler);
  app.use(notFound, errors(options.onFault));
  return app;
}
