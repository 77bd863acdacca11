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
  return cors({
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
}
