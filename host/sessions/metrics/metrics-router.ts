import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { AncError } from '@anc/link';
import { type Request, Router } from 'express';
import type { Registry } from 'prom-client';

export interface MetricsAccess {
  /** null: no token is asked for */
  readonly token: string | null;
  /** only connections from this machine; where a proxy runs on it, the token has to guard as well */
  readonly loopbackOnly: boolean;
}

/** `GET /metrics`. Refusals go to `next` as AncError METRICS_FORBIDDEN or METRICS_UNAUTHORIZED. */
export function metricsRouter(registry: Registry, { token, loopbackOnly }: MetricsAccess): Router {
  const router = Router();
  router.get('/metrics', (request, response, next) => {
    const address = request.socket.remoteAddress ?? '';
    if (loopbackOnly && !isLoopback(address)) {
      return next(
        new AncError('METRICS_FORBIDDEN', `Metrics are for this machine, not for ${address}.`, {
          hint: 'Let Prometheus run on this machine, or give the server a token for metrics.',
        }),
      );
    }
    if (token !== null && !equal(bearerOf(request), token)) {
      response.set('WWW-Authenticate', 'Bearer');
      return next(
        new AncError('METRICS_UNAUTHORIZED', 'Metrics need the bearer token of the server.', {
          hint: 'Give Prometheus the token as credentials_file.',
        }),
      );
    }
    registry.metrics().then((text) => response.type(registry.contentType).send(text), next);
  });
  return router;
}

/** The peer of the socket, never what a header says. */
function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function bearerOf(request: Request): string {
  return /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
}

/** In constant time whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
