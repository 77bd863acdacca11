import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LiveOptions, LiveServer, MemoryLimiter } from '../live/index.ts';
import type { SessionSettings } from '../protocol/index.ts';
import { LiveClient } from './live-client.ts';
import { MemoryDirectory } from './memory-directory.ts';

/** A live server on a free port of the loopback, with sessions in memory. */
export class LiveRig {
  readonly directory: MemoryDirectory;
  readonly live: LiveServer;
  readonly #http: Server;

  static async start(options: Partial<LiveOptions> = {}): Promise<LiveRig> {
    const directory = new MemoryDirectory();
    const live = await LiveServer.start({
      directory,
      allowsOrigin: (origin) => origin === undefined || origin === 'http://ours.test',
      workers: 1,
      limiter: new MemoryLimiter({ sessionsOfUser: 1e4, sessionsOfAddress: 1e4 }),
      ...options,
    });
    const http = createServer();
    const rig = new LiveRig(directory, live, http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return rig;
  }

  private constructor(directory: MemoryDirectory, live: LiveServer, http: Server) {
    this.directory = directory;
    this.live = live;
    this.#http = http;
    live.attach(http);
  }

  url(sessionId: string): string {
    const { port } = this.#http.address() as AddressInfo;
    return `ws://127.0.0.1:${port}/api/v1/sessions/${sessionId}/audio`;
  }

  /** A new session and its client. */
  async open(settings: Partial<SessionSettings> = {}, userId = 'user'): Promise<LiveClient> {
    return this.connect(this.directory.create(userId, settings));
  }

  connect(sessionId: string): Promise<LiveClient> {
    return LiveClient.connect(this.url(sessionId), this.directory.ticket(sessionId));
  }

  async close(): Promise<void> {
    await this.live.close();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }
}
