import type { ClientMessage, Command, ServerMessage } from '../../host/server/panel-protocol.ts';

/** A refused command, with what the server said. */
export class CommandError extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(code: string, message: string, hint: string | null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

export interface ConnectionOptions {
  readonly url: string;
  onMessage(message: ServerMessage): void;
  onOpen(isOpen: boolean): void;
  /** Of the browser; another one in tests. */
  readonly WebSocket?: typeof WebSocket;
}

const firstRetryMs = 250;
const lastRetryMs = 2000;

/** The panel's line to the server: comes back by itself, and answers each command once. */
export class Connection {
  #options: ConnectionOptions;
  #socket: WebSocket | null = null;
  #pending = new Map<number, Pending>();
  #nextId = 1;
  #retryMs = firstRetryMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#open();
  }

  /** Rejects with CommandError when the server or the headset refuses it, or when the line breaks. */
  send(command: Command): Promise<void> {
    const id = this.#nextId++;
    const message: ClientMessage = { id, ...command };
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== 1)
        return reject(new CommandError('SERVER_GONE', 'the server is not connected', null));
      this.#pending.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify(message));
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open(): void {
    const socket = new (this.#options.WebSocket ?? WebSocket)(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#retryMs = firstRetryMs;
      this.#options.onOpen(true);
    };
    socket.onmessage = ({ data }) => this.#received(JSON.parse(String(data)) as ServerMessage);
    socket.onclose = () => {
      for (const pending of this.#pending.values())
        pending.reject(new CommandError('SERVER_GONE', 'the server went away', null));
      this.#pending.clear();
      this.#options.onOpen(false);
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.#open(), this.#retryMs);
      this.#retryMs = Math.min(2 * this.#retryMs, lastRetryMs);
    };
  }

  #received(message: ServerMessage): void {
    if (message.type !== 'reply') return this.#options.onMessage(message);
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) pending?.resolve();
    else {
      const { code, message: text, hint } = message.error;
      pending?.reject(new CommandError(code, text, hint));
    }
  }
}
