import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';

/** Of a proxy in front of us, so that its log and ours can be read side by side; nothing that could break a line. */
const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

export interface RequestContext {
  readonly id: string;
  /** with the request's id, and the user's once it is known */
  log: Logger;
}

const contexts = new WeakMap<Request, RequestContext>();

/** Of a request that has passed `requestId`. */
export function contextOf(request: Request): RequestContext {
  return contexts.get(request)!;
}

/** Gives each request its id and a logger that carries it, and writes one line when the response is done. */
export function requestId(log: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.get('X-Request-Id');
    const id = given && acceptable.test(given) ? given : randomUUID();
    const context = { id, log: log.child({ requestId: id }) };
    contexts.set(request, context);
    response.set('X-Request-Id', id);
    const startedMs = performance.now();
    response.once('close', () => {
      const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
      const line = {
        method: request.method,
        // without the query: it may hold what does not belong in a log
        path: request.originalUrl.split('?', 1)[0],
        status: response.statusCode,
        durationMs,
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      if (response.statusCode >= 500) context.log.error(line, 'request failed');
      else context.log.info(line, 'request');
    });
    next();
  };
}
