import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { NoiseEvent, SessionSettings, SessionStats } from '../protocol/index.ts';
import { nowMs } from './clock.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { DirectoryWriter } from './directory-writer.ts';
import { MemoryLimiter } from './live-limiter.ts';
import { noLog, noMetrics } from './live-metrics.ts';
import type { LiveOptions } from './live-options.ts';
import { LiveSession, type SessionEvents } from './live-session.ts';
import { type AdmittedSession, type EndReason, SessionRefusal } from './session-directory.ts';
import { changedSettings } from './text-message.ts';
import { credentialsOf, refuseUpgrade, sessionIdOf, subprotocol } from './upgrade.ts';
import { WorkerPool } from './worker/pool.ts';

export interface LiveView {
  readonly sessionId: string;
  readonly userId: string;
  readonly address: string | null;
  readonly isConnected: boolean;
  readonly seconds: number;
  readonly settings: SessionSettings;
  readonly stats: SessionStats;
}

/** Base64 of the largest chunk in JSON is 43.7 KB. */
const maxPayload = 48 * 1024;
const tickMs = 50;
/** of a second: each session has one of them for its figures, so that not all are told at once */
const ticks = 20;
const closeMs = 500;

interface Entry {
  readonly session: LiveSession;
  connection: Connection | null;
  /** when the last connection went */
  leftAtMs: number;
  progressAtMs: number;
}

/** The live sessions of this process, on an HTTP server’s upgrades. */
export class LiveServer {
  readonly #options: Required<LiveOptions>;
  readonly #pool: WorkerPool;
  readonly #server: WebSocketServer;
  readonly #entries = new Map<string, Entry>();
  readonly #writer: DirectoryWriter;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #connectionEvents: ConnectionEvents;
  readonly #sessionEvents: SessionEvents;
  #nextNumber = 1;
  #tick = 0;
  #isDraining = false;

  /** @throws CoreError CORE_MISSING */
  static async start(options: LiveOptions): Promise<LiveServer> {
    const { metrics = noMetrics, log = noLog, workers } = options;
    const pool = await WorkerPool.start({
      ...(workers === undefined ? {} : { workers }),
      onLost: (reason, sessions) => {
        metrics.error('WORKER_LOST', 1);
        log.error(
          { code: 'WORKER_LOST', reason, sessions },
          'a worker is gone, its sessions moved',
        );
      },
    });
    return new LiveServer(pool, {
      metrics,
      log,
      workers: pool.workers.length,
      addressOf: ({ socket }) => socket.remoteAddress ?? '',
      limiter: new MemoryLimiter(),
      registry: { opened: () => {}, closed: () => {} },
      speed: 1,
      maxSessions: 1000,
      graceMs: 30_000,
      idleMs: 60_000,
      heartbeatMs: 15_000,
      progressMs: 10_000,
      ...options,
    });
  }

  private constructor(pool: WorkerPool, options: Required<LiveOptions>) {
    this.#pool = pool;
    this.#options = options;
    const { metrics, limiter, speed, log } = options;
    this.#writer = new DirectoryWriter(metrics, log);
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    this.#connectionEvents = {
      limiter,
      speed,
      error: (code) => metrics.error(code, 1),
      closed: (connection) => this.#closed(connection),
      ended: ({ id }) => void this.end(id, 'client'),
    };
    this.#sessionEvents = {
      metrics,
      noise: ({ id }, event) => this.#noise(id, event),
      failed: ({ id }, message) => this.#failed(id, message),
    };
    this.#timers = [
      setInterval(() => this.#tickSome(), tickMs),
      setInterval(() => this.#heartbeat(), options.heartbeatMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Upgrades of other addresses are left to others. */
  attach(http: Server): void {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (sessionIdOf(request.url) !== null) void this.handleUpgrade(request, socket, head);
    });
  }

  async handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const destroy = () => socket.destroy();
    socket.on('error', destroy);
    try {
      const address = this.#options.addressOf(request);
      const admitted = await this.#admit(request, address);
      socket.off('error', destroy);
      if (socket.destroyed) return;
      this.#server.handleUpgrade(request, socket, head, (webSocket) =>
        this.#connected(admitted, webSocket, socket, address),
      );
    } catch (error) {
      const refusal = this.#refusalOf(error);
      this.#options.metrics.error(refusal.code, 1);
      refuseUpgrade(socket, request.url, refusal);
    }
  }

  get sessionCount(): number {
    return this.#entries.size;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get workers(): WorkerPool['workers'] {
    return this.#pool.workers;
  }

  /** Of each worker thread since the call before: share of the time in which it computed. */
  takeWorkerLoads(): number[] {
    return this.#pool.takeLoads();
  }

  list(): LiveView[] {
    return [...this.#entries.values()].map(viewOf);
  }

  get(sessionId: string): LiveView | null {
    const entry = this.#entries.get(sessionId);
    return entry ? viewOf(entry) : null;
  }

  /**
   * @returns the settings then; null when the session is not here
   * @throws MessageError SETTING_UNKNOWN, SETTING_FIXED, SETTING_INVALID
   */
  settings(sessionId: string, wish: Partial<SessionSettings>): SessionSettings | null {
    const entry = this.#entries.get(sessionId);
    if (!entry) return null;
    const { session, connection } = entry;
    session.set(changedSettings(session.settings, wish));
    connection?.send({ type: 'settings', settings: session.settings });
    return session.settings;
  }

  /** @returns false when the session is not here */
  async end(sessionId: string, reason: EndReason = 'owner'): Promise<boolean> {
    const entry = this.#entries.get(sessionId);
    if (!entry) return false;
    this.#entries.delete(sessionId);
    const { session, connection } = entry;
    const { directory, metrics, registry } = this.#options;
    const last = session.takeProgress();
    session.isOver = true;
    session.link?.close(session);
    metrics.sessionEnded(reason, (nowMs() - session.startedAtMs) / 1000);
    // Written before it is said, so that what was said holds.
    await this.#writer.end(sessionId, () => directory.ended(sessionId, reason, last));
    registry.closed(sessionId);
    connection?.send({ type: 'ended', reason, summary: last.stats });
    connection?.close(reason === 'shutdown' ? 1001 : 1000, reason);
    return true;
  }

  /** No new sessions; those here are told, and closed at the deadline. Resolves when none is left. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    const untilMs = nowMs() + deadlineMs;
    for (const { connection } of this.#entries.values())
      connection?.send({ type: 'draining', deadlineMs });
    while (this.#entries.size > 0 && nowMs() < untilMs) {
      for (const [id, { connection }] of this.#entries)
        if (!connection) await this.end(id, 'shutdown');
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, deadlineMs)));
    }
    await Promise.all([...this.#entries.keys()].map((id) => this.end(id, 'shutdown')));
  }

  async close(): Promise<void> {
    const connections = [...this.#entries.values()].map(({ connection }) => connection);
    await this.drain(0);
    for (const timer of this.#timers) clearInterval(timer);
    await this.#pool.end();
    // A client that does not answer the closing handshake is not waited for.
    setTimeout(() => connections.forEach((connection) => connection?.terminate()), closeMs).unref();
    this.#server.close();
  }

  /** @throws SessionRefusal */
  async #admit(request: IncomingMessage, address: string): Promise<AdmittedSession> {
    const { allowsOrigin, limiter, directory, maxSessions } = this.#options;
    const { origin } = request.headers;
    if (!allowsOrigin(origin, request))
      throw new SessionRefusal(403, 'ORIGIN_REFUSED', `pages of ${origin} may not connect here`);
    const credentials = credentialsOf(request, address);
    if (!(await limiter.connection(address)))
      throw new SessionRefusal(429, 'RATE_LIMITED', 'too many connections from this address');
    if (this.#isDraining)
      throw new SessionRefusal(503, 'DRAINING', 'this instance is about to stop', 'Try again.');
    const sessionId = sessionIdOf(request.url)!;
    if (!this.#entries.has(sessionId) && this.#entries.size >= maxSessions)
      throw new SessionRefusal(503, 'SERVER_FULL', `there are ${maxSessions} sessions already`);
    const admitted = await directory.admit(sessionId, credentials);
    const here = this.#entries.get(sessionId);
    if (here && here.session.userId !== admitted.userId)
      throw new SessionRefusal(404, 'SESSION_UNKNOWN', 'there is no such session');
    return admitted;
  }

  #refusalOf(error: unknown): SessionRefusal {
    if (error instanceof SessionRefusal) return error;
    const { message } = error as Error;
    this.#options.log.error({ code: 'ADMISSION_FAILED', reason: message }, 'admission failed');
    return new SessionRefusal(503, 'ADMISSION_FAILED', 'sessions cannot be looked up now');
  }

  #connected(
    admitted: AdmittedSession,
    webSocket: WebSocket,
    stream: Duplex,
    address: string,
  ): void {
    let entry = this.#entries.get(admitted.sessionId);
    const filterKept = entry !== undefined;
    const resumed = filterKept || admitted.ranBefore;
    entry ??= this.#open(admitted);
    const { session, connection: replaced } = entry;
    const connection = new Connection(session, webSocket, stream, address, this.#connectionEvents);
    entry.connection = connection;
    session.attach(connection);
    if (replaced) {
      replaced.send({ type: 'ended', reason: 'replaced', summary: session.stats() });
      replaced.close(1000, 'replaced');
    }
    connection.sendReady(resumed, filterKept);
    const { id: sessionId, userId } = session;
    this.#options.log.info({ sessionId, userId, resumed, filterKept }, 'connected');
  }

  #open(admitted: AdmittedSession): Entry {
    const session = new LiveSession(this.#nextNumber, admitted, this.#sessionEvents);
    this.#nextNumber += 1;
    const entry: Entry = { session, connection: null, leftAtMs: 0, progressAtMs: nowMs() };
    this.#entries.set(session.id, entry);
    this.#writer.reopened(session.id);
    this.#options.registry.opened(session.id);
    this.#pool.open(session);
    this.#options.metrics.sessionStarted();
    return entry;
  }

  #closed(connection: Connection): void {
    const entry = this.#entries.get(connection.session.id);
    if (entry?.connection !== connection) return;
    entry.connection = null;
    entry.leftAtMs = nowMs();
    entry.session.listener = null;
  }

  #noise(id: string, event: NoiseEvent): void {
    this.#options.metrics.noise(event.kind, event.emergency);
    void this.#writer.tell('noise', () => this.#options.directory.noise(id, event));
  }

  #failed(id: string, message: string): void {
    this.#options.metrics.error('WORKER_MEMORY', 1);
    this.#options.log.error({ code: 'WORKER_MEMORY', sessionId: id, reason: message }, 'no filter');
    this.#entries.get(id)?.connection?.send({
      type: 'error',
      code: 'WORKER_MEMORY',
      message: 'there is no memory for this session’s filter',
      hint: 'Try again later.',
    });
    void this.end(id, 'shutdown');
  }

  #tickSome(): void {
    this.#tick = (this.#tick + 1) % ticks;
    const { graceMs, idleMs, progressMs, directory } = this.#options;
    const atMs = nowMs();
    for (const [id, entry] of this.#entries) {
      const { session, connection } = entry;
      if (session.number % ticks !== this.#tick) continue;
      session.tick();
      if (session.takeChange())
        void this.#writer.tell('settings', () => directory.settings(id, session.settings));
      const isGone = connection
        ? atMs - session.heardAtMs > idleMs
        : atMs - entry.leftAtMs > graceMs;
      if (isGone) void this.end(id, 'idle');
      else if (atMs - entry.progressAtMs >= progressMs) {
        entry.progressAtMs = atMs;
        void this.#progress(id, session);
      }
    }
  }

  async #progress(id: string, session: LiveSession): Promise<void> {
    await this.#writer.tell('progress', async () => {
      const over = await this.#options.directory.progress(id, session.takeProgress());
      if (over && this.#entries.get(id)?.session === session) await this.end(id, over);
    });
  }

  #heartbeat(): void {
    this.#writer.retry();
    for (const { connection } of this.#entries.values()) {
      if (connection?.isAlive === false) connection.terminate();
      else connection?.ping();
    }
  }
}

function viewOf({ session, connection }: Entry): LiveView {
  return {
    sessionId: session.id,
    userId: session.userId,
    address: connection?.address ?? null,
    isConnected: connection !== null,
    seconds: (nowMs() - session.startedAtMs) / 1000,
    settings: session.settings,
    stats: session.stats(),
  };
}
