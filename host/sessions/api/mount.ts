import { type Request, type RequestHandler, type Response, Router } from 'express';
import { authorize } from '../accounts/permissions.ts';
import type { Principal } from '../accounts/principal.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Authenticate } from './middleware/authenticate.ts';
import { readJson, requireContentType } from './middleware/json-body.ts';
import { addressOf, limitAddress, limitPrincipal } from './middleware/rate-limit.ts';
import { contextOf } from './middleware/request-id.ts';
import { Refusal } from './problem.ts';
import type { AnyRoute } from './route.ts';
import { validate } from './validate.ts';

export interface Checks {
  readonly limiter: RateLimiter;
  readonly authenticate: Authenticate;
}

/** Express' form of `/sessions/{id}` */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Every route with all its checks, in one order; what a path does not know is 405 with `Allow`. */
export function mountRoutes(routes: readonly AnyRoute[], checks: Checks): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [path, those] of byPath(routes)) {
    const entry = router.route(expressPath(path));
    for (const one of those) entry[one.method](handlerOf(one, checks));
    entry.all(otherMethod(those));
  }
  return router;
}

function byPath(routes: readonly AnyRoute[]): Map<string, AnyRoute[]> {
  const groups = new Map<string, AnyRoute[]>();
  for (const route of routes) groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  return groups;
}

function otherMethod(those: readonly AnyRoute[]): RequestHandler {
  const methods = those.map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') return void response.set('Allow', allow).status(204).end();
    throw new Refusal('METHOD_NOT_ALLOWED', `${request.method} does not fit ${request.path}`, {
      headers: { Allow: allow },
      hint: `Use ${allow}.`,
    });
  };
}

/** Cheap checks first; the body is read only when its sender may send it. */
function handlerOf(route: AnyRoute, { limiter, authenticate }: Checks): RequestHandler {
  const { access, limit = 'standard' } = route;
  const principalOf = async (request: Request, response: Response): Promise<Principal | null> => {
    if (access === 'public') return null;
    const principal = await authenticate(request);
    const context = contextOf(request);
    context.log = context.log.child({ userId: principal.userId });
    await limitPrincipal(limiter, limit, principal, response);
    if (access !== 'signedIn') authorize(principal, access);
    return principal;
  };
  return async (request, response) => {
    await limitAddress(limiter, limit, request, response);
    const principal = await principalOf(request, response);
    const params = route.params && validate(route.params, request.params, 'PATH_INVALID');
    const query = route.query && validate(route.query, request.query, 'QUERY_INVALID');
    if (route.consumes) requireContentType(request, route.consumes);
    const body =
      route.body &&
      validate(route.body, await readJson(request, route.bodyLimitBytes), 'BODY_INVALID');
    const address = addressOf(request);
    const { log } = contextOf(request);
    const call = { params, query, body, principal, address, log, request, response };
    const reply = await route.handle(call);
    if (response.headersSent || route.produces) return;
    response.set({ 'Cache-Control': 'no-store', ...reply?.headers });
    response.status(reply?.status ?? route.status);
    if (reply?.body === undefined) response.end();
    else response.json(reply.body);
  };
}
