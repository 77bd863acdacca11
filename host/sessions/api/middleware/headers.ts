import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Origins } from '../origins.ts';

/** No inline script, nothing from elsewhere. The canceller is WebAssembly; players take recordings as blobs. */
const pageDirectives = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'media-src': ["'self'", 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

export function securityHeaders(): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: pageDirectives },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  return (request, response, next) => {
    // Said over plain HTTP it means nothing, and a proxy's TLS is known by request alone.
    if (request.secure) response.set('Strict-Transport-Security', 'max-age=31536000');
    headers(request, response, next);
  };
}

export function crossOrigin(origins: Origins): RequestHandler {
  const handler = cors({
    origin: [...origins.named],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-API-Key', 'X-Request-Id', 'Range'],
    exposedHeaders: [
      'Content-Disposition',
      'Content-Range',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ],
    maxAge: 600,
  });
  // An OPTIONS that asks for nothing of another origin is for the route, which knows what there is.
  return (request, response, next) => {
    const isPreflight = request.get('Access-Control-Request-Method') !== undefined;
    if (request.method === 'OPTIONS' && !isPreflight) next();
    else handler(request, response, next);
  };
}
