import type { RequestHandler, Response } from 'express';
import type { ErrorView } from '../panel-protocol.ts';
import type { SameOrigin } from './same-origin.ts';

/** Nothing from elsewhere, no inline script or style, no embedding. `connect-src 'self'` covers the WebSocket. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function sendError(response: Response, status: number, error: ErrorView): void {
  response.status(status).json({ error });
}

export function securityHeaders(): RequestHandler {
  return (_request, response, next) => {
    response.set({
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    next();
  };
}

export function onlyOwnOrigin(sameOrigin: SameOrigin): RequestHandler {
  return (request, response, next) => {
    if (!sameOrigin.hostAllowed(request.headers)) {
      sendError(response, 421, {
        code: 'HOST_REFUSED',
        message: `this server does not answer to the name '${request.headers.host ?? ''}'`,
        hint: 'use the address that the server printed, or allow the name when starting it',
      });
    } else if (!safeMethods.has(request.method) && !sameOrigin.originAllowed(request.headers)) {
      sendError(response, 403, {
        code: 'ORIGIN_REFUSED',
        message: `requests from ${request.headers.origin ?? 'another site'} are refused`,
        hint: null,
      });
    } else next();
  };
}
