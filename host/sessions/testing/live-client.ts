import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  type AudioFrame,
  type ClientMessage,
  type FrameFields,
  type ServerMessage,
  chunkSamples,
  decodeFrame,
  encodeFrame,
} from '../protocol/index.ts';

/** chunks that `play` sends before their answers have come */
const ahead = 8;

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** A client of a live session that keeps all it gets. */
export class LiveClient {
  readonly socket: WebSocket;
  readonly frames: AudioFrame[] = [];
  readonly messages: ServerMessage[] = [];
  closed: { code: number; reason: string } | null = null;
  #sequence = 0;
  #wakes: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.frames.push(decodeFrame(data));
      else this.messages.push(JSON.parse(data.toString('utf8')) as ServerMessage);
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.#wake();
    });
    socket.on('error', () => {});
  }

  /** Resolves when the session is ready. */
  static async connect(url: string, ticket: string, origin?: string): Promise<LiveClient> {
    const options = { perMessageDeflate: false, ...(origin ? { origin } : {}) };
    const socket = new WebSocket(url, ['anc.v1', `ticket.${ticket}`], options);
    const client = new LiveClient(socket);
    await once(socket, 'open');
    await client.message('ready');
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  sendFrame(frame: FrameFields): void {
    this.socket.send(encodeFrame(frame));
  }

  /**
   * Sends mono or interleaved samples in chunks, a few ahead of the answers.
   * @returns all samples that came back
   */
  async play(
    samples: Float32Array,
    fields: Omit<FrameFields, 'sequence' | 'samples'> = {},
    chunk = chunkSamples,
  ): Promise<Float32Array> {
    const { channels = 1 } = fields;
    const first = this.frames.length;
    const total = Math.ceil(samples.length / channels / chunk);
    for (let i = 0; i < total; i += 1) {
      const part = samples.subarray(i * chunk * channels, (i + 1) * chunk * channels);
      this.sendFrame({ ...fields, sequence: this.#sequence, samples: part });
      this.#sequence += 1;
      await this.until(() => this.frames.length - first > i - ahead, 'answer');
    }
    await this.until(() => this.frames.length - first >= total, 'last answer');
    return joined(this.frames.slice(first).map((frame) => frame.samples));
  }

  /** The first message of a type, now or later. */
  async message<T extends ServerMessage['type']>(
    type: T,
    isIt: (message: Message<T>) => boolean = () => true,
  ): Promise<Message<T>> {
    const find = () =>
      this.messages.find((m): m is Message<T> => m.type === type && isIt(m as Message<T>));
    await this.until(() => find() !== undefined, type);
    return find()!;
  }

  async until(isDone: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const timer = setTimeout(() => this.#wake(), timeoutMs);
    const untilMs = performance.now() + timeoutMs;
    try {
      while (!isDone()) {
        if (performance.now() >= untilMs) throw new Error(`no ${what} within ${timeoutMs} ms`);
        await new Promise<void>((resolve) => this.#wakes.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.close();
    await this.until(() => this.closed !== null, 'close');
  }

  #wake(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}

/** What a refused upgrade answers. */
export async function refusedUpgrade(
  url: string,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; contentType: string; problem: Record<string, unknown> }> {
  const socket = new WebSocket(url, [...protocols], { headers: { ...headers } });
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number; headers: Record<string, string> },
  ];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  socket.on('error', () => {});
  return {
    status: response.statusCode,
    contentType: response.headers['content-type'] ?? '',
    problem: JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>,
  };
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
