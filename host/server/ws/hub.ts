import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { errorView } from '../errors.ts';
import type { SameOrigin } from '../http/same-origin.ts';
import type { Command, ServerMessage, Snapshot } from '../panel-protocol.ts';
import { parseClientMessage } from './parse-command.ts';

const path = '/ws';
const maxMessageBytes = 16 * 1024;
const maxClients = 32;
/** A client this far behind misses live data (it is stale anyway), and one that far behind is dropped. */
const skipLiveBytes = 512 * 1024;
const dropBytes = 8 * 1024 * 1024;
const pingMs = 15_000;

/** What may be skipped for a slow client: the next one replaces it, and history comes with the next snapshot. */
const live: ReadonlySet<ServerMessage['type']> = new Set([
  'telemetry',
  'analysis',
  'weights',
  'link',
]);

export interface HubHandlers {
  snapshot(): Snapshot;
  run(command: Command): Promise<void>;
}

/** All browsers that look at the headset. Each gets one snapshot and then every change. */
export class Hub {
  #server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  #handlers: HubHandlers;
  #alive = new WeakSet<WebSocket>();
  #pinger: ReturnType<typeof setInterval>;

  constructor(handlers: HubHandlers) {
    this.#handlers = handlers;
    this.#server.on('connection', (socket: WebSocket) => this.#connected(socket));
    this.#pinger = setInterval(() => this.#ping(), pingMs);
    this.#pinger.unref();
  }

  get size(): number {
    return this.#server.clients.size;
  }

  attach(http: Server, sameOrigin: SameOrigin): void {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const { pathname } = new URL(request.url ?? '/', 'http://host');
      if (pathname !== path) return refuse(socket, '404 Not Found');
      if (!sameOrigin.hostAllowed(request.headers)) {
        return refuse(socket, '421 Misdirected Request');
      }
      if (!sameOrigin.originAllowed(request.headers)) return refuse(socket, '403 Forbidden');
      if (this.size >= maxClients) return refuse(socket, '503 Service Unavailable');
      this.#server.handleUpgrade(request, socket, head, (client) =>
        this.#server.emit('connection', client, request),
      );
    });
  }

  broadcast(message: ServerMessage): void {
    if (this.size === 0) return;
    const text = JSON.stringify(message);
    for (const client of this.#server.clients) {
      if (client.bufferedAmount > dropBytes) client.terminate();
      else if (client.bufferedAmount < skipLiveBytes || !live.has(message.type)) client.send(text);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#pinger);
    for (const client of this.#server.clients) client.close(1001, 'server stops');
    const timer = setTimeout(() => {
      for (const client of this.#server.clients) client.terminate();
    }, 500);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    clearTimeout(timer);
  }

  #connected(socket: WebSocket): void {
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      void this.#message(socket, isBinary ? '' : data.toString('utf8'));
    });
    socket.send(JSON.stringify(this.#handlers.snapshot()));
  }

  async #message(socket: WebSocket, text: string): Promise<void> {
    const { id, command } = parseClientMessage(text);
    let reply: ServerMessage;
    try {
      await this.#handlers.run(command());
      reply = { type: 'reply', id, ok: true };
    } catch (error) {
      reply = { type: 'reply', id, ok: false, error: errorView(error) };
    }
    socket.send(JSON.stringify(reply));
  }

  /** A browser that vanished without a word is noticed by its missing pong. */
  #ping(): void {
    for (const client of this.#server.clients) {
      if (!this.#alive.has(client)) client.terminate();
      this.#alive.delete(client);
      client.ping();
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
