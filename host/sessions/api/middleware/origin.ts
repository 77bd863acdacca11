import type { RequestHandler } from 'express';
import type { Origins } from '../origins.ts';
import { Refusal } from '../problem.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A foreign page changes nothing here, whatever credentials the browser would add. */
export function onlyKnownOrigins(origins: Origins): RequestHandler {
  return (request, _response, next) => {
    if (safeMethods.has(request.method) || origins.admits(request.headers)) return next();
    const { origin = '' } = request.headers;
    throw new Refusal('ORIGIN_REFUSED', `the request comes from ${origin.slice(0, 200)}`);
  };
}
