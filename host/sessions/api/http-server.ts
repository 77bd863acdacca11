import { readFileSync } from 'node:fs';
import { STATUS_CODES, type RequestListener, type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { AncError } from '@anc/link';
import { type ProblemCode, problemTable } from './problem-table.ts';

export interface HttpLimits {
  /** for the header fields of one request */
  readonly headersTimeoutMs: number;
  /** for one whole request, uploads too */
  readonly requestTimeoutMs: number;
  /** an idle connection between two requests; above that of a proxy, or it meets a closed one */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
}

export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 5_000,
  maxHeaderBytes: 16 * 1024,
};

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * HTTP, or HTTPS with certificate and key. Slow senders lose their connection: Node looks at the timeouts only each
 * `connectionsCheckingInterval`, by default 30 s, so that is set as well.
 */
export function createHttpServer(
  app: RequestListener,
  tls: TlsFiles | null,
  limits: HttpLimits = defaultHttpLimits,
): Server {
  const options = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(100, Math.min(2000, limits.headersTimeoutMs / 4)),
    maxHeaderSize: limits.maxHeaderBytes,
    noDelay: true,
  };
  const server = tls
    ? createTlsServer(
        {
          ...options,
          ...readTls(tls),
          minVersion: 'TLSv1.2',
        },
        app,
      )
    : createServer(options, app);
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = 100;
  server.on('clientError', refuse);
  return server;
}

/** Looked at before anything listens. @throws AncError TLS_UNREADABLE, TLS_INVALID */
function readTls({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (cause) {
      const { message } = cause as Error;
      throw new AncError('TLS_UNREADABLE', `${path} cannot be read: ${message}`, { cause });
    }
  };
  const pair = { cert: read(certFile), key: read(keyFile) };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new AncError(
      'TLS_INVALID',
      `${certFile} and ${keyFile} are no certificate and its key: ${(cause as Error).message}`,
      { cause, hint: 'Both are PEM; the certificate comes first, then those that signed it.' },
    );
  }
  return pair;
}

const parserCodes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
};

/** What never became a request is answered by hand, as a problem like any other. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code = parserCodes[error.code ?? ''] ?? 'REQUEST_MALFORMED';
  const { status, title, hint } = problemTable[code];
  const type = `/api/docs/problems#${code}`;
  const body = JSON.stringify({ type, title, status, detail: title, code, hint });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
    // a peer that reads nothing must not hold the connection
    () => socket.destroy(),
  );
}
