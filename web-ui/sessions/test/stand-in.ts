/**
 * A server for tests of the pages alone: the real live part, sessions and sign-in in memory. The API's own tests are
 * beside the API.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { LiveServer } from '../../../host/sessions/live/index.ts';
import type { SessionSettings } from '../../../host/sessions/protocol/index.ts';
import { MemoryDirectory } from '../../../host/sessions/testing/memory-directory.ts';

export const pagesDir = join(import.meta.dirname, '../../dist/sessions');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const pages: Readonly<Record<string, string>> = { '/': 'index.html', '/files': 'files.html' };

/** As strict as the server's own. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

const user = { id: 'u1', kind: 'guest', email: null, name: 'guest', role: 'viewer' };
const tokens = { accessToken: 'token', tokenType: 'Bearer', refreshToken: null, user };

export class StandIn {
  readonly directory = new MemoryDirectory();
  readonly live: LiveServer;
  /** what the next session is refused with; null: it is not */
  refusal: { status: number; code: string; detail: string; hint: string } | null = null;
  readonly #http: Server;
  #ids: string[] = [];

  static async start(): Promise<StandIn> {
    const holder: { rig?: StandIn } = {};
    const http = createServer((request, response) => void holder.rig!.#answer(request, response));
    const rig = new StandIn(http, await StandIn.#liveOf(holder));
    holder.rig = rig;
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    rig.live.attach(http);
    return rig;
  }

  static #liveOf(holder: { rig?: StandIn }): Promise<LiveServer> {
    const directory = {
      admit: (...given: Parameters<MemoryDirectory['admit']>) =>
        holder.rig!.directory.admit(...given),
      progress: async () => {},
      noise: (...given: Parameters<MemoryDirectory['noise']>) =>
        holder.rig!.directory.noise(...given),
      ended: (...given: Parameters<MemoryDirectory['ended']>) =>
        holder.rig!.directory.ended(...given),
    };
    return LiveServer.start({ directory, allowsOrigin: () => true, workers: 1 });
  }

  private constructor(http: Server, live: LiveServer) {
    this.#http = http;
    this.live = live;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** of the newest session */
  get sessionId(): string {
    return this.#ids.at(-1)!;
  }

  async close(): Promise<void> {
    await this.live.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0]!;
    if (path.startsWith('/api/v1/')) return this.#api(path.slice(7), request, response);
    const name = pages[path] ?? path.slice(1);
    const body = await readFile(join(pagesDir, name)).catch(() => null);
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(name)] ?? 'text/plain',
      'content-security-policy': policy,
    });
    response.end(body);
  }

  async #api(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const signedIn = request.headers.authorization === 'Bearer token';
    if (path === '/auth/guest') return send(201, tokens);
    if (path === '/auth/logout') return send(200, {});
    if (path === '/auth/refresh' || !signedIn)
      return send(401, { code: 'NOT_AUTHENTICATED', title: 'Not signed in', detail: '', hint: '' });
    if (this.refusal) return send(this.refusal.status, this.refusal);
    if (path === '/sessions') {
      const { settings } = JSON.parse(text) as { settings: SessionSettings };
      const id = this.directory.create(user.id, settings);
      this.#ids.push(id);
      return send(201, { session: { id }, ticket: this.#ticket(id) });
    }
    const [, id] = /^\/sessions\/([^/]+)\/tickets$/.exec(path) ?? [];
    return id ? send(201, this.#ticket(id)) : send(404, { code: 'NOT_FOUND', detail: path });
  }

  #ticket(id: string) {
    return {
      ticket: this.directory.ticket(id),
      expiresAt: new Date(Date.now() + 30_000).toISOString(),
      webSocketPath: `/api/v1/sessions/${id}/audio`,
    };
  }
}
