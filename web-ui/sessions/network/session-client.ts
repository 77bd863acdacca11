import {
  type AudioFrame,
  type ClientMessage,
  decodeFrame,
  encodeFrame,
  type FrameFields,
  type ServerMessage,
  type SessionSettings,
} from '../../../host/sessions/protocol/index.ts';
import { ClockOffset } from '../measure/clock-offset.ts';
import { type PageError, pageErrorOf } from '../shared/page-error.ts';

/** Where sessions and tickets come from: the API, or a test’s. */
export interface Tickets {
  create(settings: SessionSettings): Promise<Admission>;
  /** another one for a session that goes on */
  again(sessionId: string): Promise<Admission>;
}

export interface Admission {
  readonly sessionId: string;
  readonly ticket: string;
  readonly webSocketPath: string;
}

export type ClientState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly resumed: boolean }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly why: string }
  | { readonly kind: 'ended'; readonly reason: string; readonly error: PageError | null };

export interface SessionClientOptions {
  readonly tickets: Tickets;
  readonly settings: SessionSettings;
  /** of the page, `ws://host` or `wss://host` */
  readonly origin: string;
  onState(state: ClientState): void;
  onMessage(message: ServerMessage): void;
  onFrame(frame: AudioFrame, receivedMs: number): void;
  /** Of the browser; another one in tests. */
  readonly WebSocket?: typeof WebSocket;
}

const firstRetryMs = 250;
const lastRetryMs = 4000;
/** the server’s answers to pings and chunks never pause for so long */
const silentMs = 2000;
const pingMs = 1000;
/** with so much unsent the network does not keep up: newer chunks are left out, so that old ones do not pile up */
const mostUnsentBytes = 64 * 1024;

/** A live session: comes back by itself with a new ticket, and goes on where the server kept it. */
export class SessionClient {
  readonly clock = new ClockOffset();
  #options: SessionClientOptions;
  #sessionId: string | null = null;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #isLive = false;
  #isOver = false;
  #heardMs = 0;
  #timers: ReturnType<typeof setInterval>[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** chunks that were captured and not sent: no connection, or one that does not keep up */
  unsent = 0;

  constructor(options: SessionClientOptions) {
    this.#options = options;
    this.#timers.push(setInterval(() => this.#watch(), silentMs / 4));
    this.#timers.push(setInterval(() => this.#ping(), pingMs));
    options.onState({ kind: 'connecting' });
    void this.#connect();
  }

  get sessionId(): string | null {
    return this.#sessionId;
  }

  /** @returns whether it went */
  sendFrame(fields: FrameFields): boolean {
    const socket = this.#socket;
    if (!this.#isLive || !socket || socket.bufferedAmount > mostUnsentBytes) {
      this.unsent += 1;
      return false;
    }
    socket.send(encodeFrame(fields));
    return true;
  }

  /** What a running session takes. */
  change(settings: Partial<SessionSettings>): void {
    this.#send({ type: 'settings', settings });
  }

  end(): void {
    this.#send({ type: 'end' });
    this.#over('client', null);
  }

  #send(message: ClientMessage): void {
    if (this.#isLive) this.#socket?.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    const { tickets, settings } = this.#options;
    try {
      const known = this.#sessionId;
      const admission = known ? await tickets.again(known) : await tickets.create(settings);
      this.#sessionId = admission.sessionId;
      // Stopped meanwhile.
      if (!this.#isOver) this.#open(admission);
    } catch (error) {
      const status = (error as { status?: number }).status ?? 0;
      // 4xx but for "too many requests": asking again would be answered the same.
      if (status >= 400 && status < 500 && status !== 429)
        this.#over('refused', pageErrorOf(error));
      else this.#later((error as Error).message);
    }
  }

  #open({ ticket, webSocketPath }: Admission): void {
    const { origin, WebSocket: Socket = WebSocket } = this.#options;
    const socket = new Socket(origin + webSocketPath, ['anc.v1', `ticket.${ticket}`]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heardMs = performance.now();
    // Late events of a socket that was given up are nobody's.
    socket.onmessage = ({ data }) => socket === this.#socket && this.#received(data);
    socket.onclose = ({ code, reason }) =>
      socket === this.#socket && this.#lost(reason || `closed with ${code}`);
  }

  #received(data: unknown): void {
    const nowMs = performance.now();
    this.#heardMs = nowMs;
    if (data instanceof ArrayBuffer) {
      try {
        this.#options.onFrame(decodeFrame(data), nowMs);
      } catch (error) {
        const { message } = pageErrorOf(error);
        this.#options.onMessage({ type: 'error', code: 'FRAME_UNREADABLE', message, hint: null });
      }
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'pong')
      return this.clock.put(message.clientMs, message.serverMs, performance.now());
    if (message.type === 'ready') {
      this.#isLive = true;
      this.#attempt = 0;
      this.clock.reset();
      this.#ping();
      this.#options.onState({ kind: 'live', resumed: message.resumed });
    }
    // Of a server that stops only its part is over: another one takes the session on.
    if (message.type === 'ended' && message.reason === 'shutdown')
      return this.#lost('the server went down');
    this.#options.onMessage(message);
    if (message.type === 'ended') this.#over(message.reason, null);
  }

  #ping(): void {
    this.#send({ type: 'ping', clientMs: performance.now() });
  }

  #watch(): void {
    if (!this.#socket || performance.now() - this.#heardMs < silentMs) return;
    this.#lost(`nothing came for ${silentMs / 1000} s`);
  }

  #lost(why: string): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isLive = false;
    socket?.close();
    if (!this.#isOver) this.#later(why);
  }

  #later(why: string): void {
    if (this.#isOver) return;
    const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#options.onState({ kind: 'reconnecting', attempt: this.#attempt, why });
    // Up to a quarter more, so that all clients of a server that restarts do not come at once.
    this.#retry = setTimeout(() => void this.#connect(), waitMs * (1 + Math.random() / 4));
  }

  #over(reason: string, error: PageError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isLive = false;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#options.onState({ kind: 'ended', reason, error });
  }
}
