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

export function securityHeaders({ secure }: { readonly secure: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: pageDirectives },
    // Only meant when the way to the browser is TLS; of plain HTTP it would lock the operator out.
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
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
