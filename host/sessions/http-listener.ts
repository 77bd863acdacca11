import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AncError } from '@anc/link';
import type { Config } from './config/index.ts';

/** Connections that wait to be taken: all clients of another instance may come at once. Node’s own default is 511. */
const backlog = 4096;

/** The server's own port: opened last, closed in two steps. */
export class HttpListener {
  readonly #http: Server;
  #closed: Promise<void> | null = null;

  constructor(http: Server) {
    this.#http = http;
  }

  /** @returns the port. @throws AncError PORT_IN_USE, ADDRESS_UNAVAILABLE */
  async listen(port: number, host: string): Promise<number> {
    const http = this.#http;
    await new Promise<void>((resolve, reject) => {
      http.once('error', (cause: NodeJS.ErrnoException) => {
        const inUse = cause.code === 'EADDRINUSE';
        const message = inUse
          ? `port ${port} of ${host} is in use`
          : `cannot listen on ${host}:${port}: ${cause.message}`;
        reject(new AncError(inUse ? 'PORT_IN_USE' : 'ADDRESS_UNAVAILABLE', message, { cause }));
      });
      http.listen({ port, host, backlog }, resolve);
    });
    return (http.address() as AddressInfo).port;
  }

  /** No new connections, and those that are kept alive end with their next answer: a proxy turns to another server. */
  stopListening(): void {
    const http = this.#http;
    if (!http.listening) return;
    this.#closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeIdleConnections();
    http.prependListener('request', (_request, response) =>
      response.setHeader('Connection', 'close'),
    );
  }

  /** In-flight requests may end; when the time is over they do not. */
  async close(signal: AbortSignal): Promise<void> {
    this.stopListening();
    this.#http.closeIdleConnections();
    signal.addEventListener('abort', () => this.#http.closeAllConnections(), { once: true });
    await this.#closed;
  }
}

/** Where people find it. */
export function urlOf({ http: { host, tls } }: Config, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
