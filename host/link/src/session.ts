import { decodeBody, encodeBody } from './body.ts';
import { AncError } from './errors.ts';
import { encodeFrame, FrameDecoder } from './frame.ts';
import type { Frame } from './frame.ts';
import { frameKinds, limits, messages, protocolVersion } from './generated/protocol.ts';
import type {
  EventDescription,
  Events,
  HelloResponse,
  RequestDescription,
  Requests,
} from './generated/protocol.ts';

/** What a session needs of its surroundings; `send` takes one whole frame. */
export interface SessionIo {
  send(bytes: Uint8Array): void;
  /** Milliseconds from any start. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface SessionStats {
  txFrames: number;
  rxFrames: number;
  damaged: number;
  /** Frames of a message or kind that this side does not know. */
  unknown: number;
  /** Events that did not arrive, by message, from the gaps in their sequence numbers. */
  lost: Record<string, number>;
  lateResponses: number;
}

interface Pending {
  readonly message: number;
  settle(body: Uint8Array | AncError): void;
}

type Listener<E extends keyof Events> = (event: Events[E]) => void;

const requestTimeoutMs = 1000;
const helloIntervalMs = 300;

const requestsByName = messages as unknown as Record<string, RequestDescription>;
const eventsById = new Map(
  Object.values(messages)
    .filter((message) => 'event' in message)
    .map((message) => [message.id as number, message as EventDescription]),
);

function upperSnake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/**
 * One conversation with a headset: requests with deadlines, events with their gaps counted, heartbeats. No I/O: bytes
 * come in by `receive` and go out by `io.send`.
 */
export class LinkSession {
  readonly stats: SessionStats = {
    txFrames: 0,
    rxFrames: 0,
    damaged: 0,
    unknown: 0,
    lost: Object.fromEntries([...eventsById.values()].map(({ name }) => [name, 0])),
    lateResponses: 0,
  };
  #io: SessionIo;
  #decoder: FrameDecoder;
  #sequence = 0;
  #pending = new Map<number, Pending>();
  #listeners = new Map<string, Set<(event: never) => void>>();
  #closedListeners = new Set<(error: AncError | null) => void>();
  #eventSequence = new Map<number, number>();
  #lastRxMs: number;
  #heartbeat: unknown;
  #closed = false;

  constructor(io: SessionIo) {
    this.#io = io;
    this.#lastRxMs = io.now();
    this.#decoder = new FrameDecoder(
      (frame) => this.#frameCame(frame),
      () => (this.stats.damaged += 1),
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#lastRxMs = this.#io.now();
    this.#decoder.push(chunk);
  }

  /**
   * Says hello until it is answered, then keeps the link alive. Errors: LINK_TIMEOUT, LINK_CLOSED, PROTOCOL_VERSION.
   */
  async open({ timeoutMs = 3000 }: { timeoutMs?: number } = {}): Promise<HelloResponse> {
    const hello = await this.#hello(timeoutMs);
    if (hello.protocolVersion !== protocolVersion) {
      throw new AncError(
        'PROTOCOL_VERSION',
        `the headset speaks version ${hello.protocolVersion} of the protocol, this tool version ${protocolVersion}`,
      );
    }
    this.#beat();
    return hello;
  }

  /**
   * The first may meet half a frame of an earlier conversation, so it is repeated. Every one of them may be answered until
   * the deadline: on a slow link the answer to the first comes after the second was sent.
   */
  #hello(timeoutMs: number): Promise<HelloResponse> {
    const deadline = this.#io.now() + timeoutMs;
    const settled = new AbortController();
    let repeat: unknown;
    return new Promise<HelloResponse>((resolve, reject) => {
      const ask = () => {
        const leftMs = deadline - this.#io.now();
        if (leftMs <= 0) return;
        repeat = this.#io.setTimeout(ask, helloIntervalMs);
        this.request('hello', {}, { timeoutMs: leftMs, signal: settled.signal }).then(
          resolve,
          reject,
        );
      };
      ask();
    })
      .catch((error: unknown) => {
        if (!(error instanceof AncError) || error.code !== 'LINK_TIMEOUT') throw error;
        throw new AncError('LINK_TIMEOUT', `no answer to hello within ${timeoutMs} ms`);
      })
      .finally(() => {
        this.#io.clearTimeout(repeat);
        settled.abort();
      });
  }

  /** Errors: LINK_TIMEOUT, LINK_CLOSED, BODY_INVALID, UNKNOWN_FIELD, DEVICE_<STATUS>, or the signal's reason. */
  request<N extends keyof Requests>(
    name: N,
    body: Partial<Requests[N]['request']> = {},
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<Requests[N]['response']> {
    const { timeoutMs = requestTimeoutMs, signal } = options;
    const description = requestsByName[name]!;
    let encoded: Uint8Array;
    try {
      encoded = encodeBody(description.request, body);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    if (this.#closed)
      return Promise.reject(new AncError('LINK_CLOSED', `${name}: the link is closed`));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const sequence = this.#nextSequence();
    return new Promise((resolve, reject) => {
      const abort = () => pending.settle(signal!.reason as AncError);
      const timer = this.#io.setTimeout(
        () =>
          pending.settle(
            new AncError('LINK_TIMEOUT', `no answer to ${name} within ${timeoutMs} ms`),
          ),
        timeoutMs,
      );
      const pending: Pending = {
        message: description.id,
        settle: (outcome) => {
          this.#io.clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          this.#pending.delete(sequence);
          if (!(outcome instanceof Uint8Array)) return reject(outcome);
          try {
            resolve(this.#read(description, outcome) as unknown as Requests[N]['response']);
          } catch (error) {
            reject(error);
          }
        },
      };
      signal?.addEventListener('abort', abort);
      this.#pending.set(sequence, pending);
      this.sendFrame({
        kind: frameKinds.request,
        message: description.id,
        sequence,
        body: encoded,
      });
    });
  }

  /** A frame as it is, for speaking the protocol by hand. Its response counts as late. */
  sendFrame(frame: Frame): void {
    this.stats.txFrames += 1;
    this.#io.send(encodeFrame(frame));
  }

  /** Returns the function that ends the listening. */
  on<E extends keyof Events>(event: E, listener: Listener<E>): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    set.add(listener as (event: never) => void);
    return () => set.delete(listener as (event: never) => void);
  }

  /** Called once, with the reason, or null when this side closed it. */
  onClosed(listener: (error: AncError | null) => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  /** May be called more than once. Requests under way are rejected. */
  close(error?: AncError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#io.clearTimeout(this.#heartbeat);
    const reason = error ?? new AncError('LINK_CLOSED', 'the link was closed');
    for (const pending of [...this.#pending.values()]) pending.settle(reason);
    for (const listener of this.#closedListeners) listener(error ?? null);
  }

  #nextSequence(): number {
    do {
      this.#sequence = (this.#sequence + 1) & 0xffff;
    } while (this.#pending.has(this.#sequence));
    return this.#sequence;
  }

  #read(description: RequestDescription, bytes: Uint8Array): Record<string, unknown> {
    const body = decodeBody(description.response, bytes);
    if (body['status'] === 'ok') return body;
    const detail = body['detail'] ? `: ${String(body['detail'])}` : '';
    const status = String(body['status']);
    throw new AncError(
      `DEVICE_${upperSnake(status)}`,
      `${description.name}: the headset says ${status}${detail}`,
    );
  }

  #frameCame(frame: Frame): void {
    this.stats.rxFrames += 1;
    if (frame.kind === frameKinds.response) this.#responseCame(frame);
    else if (frame.kind === frameKinds.event) this.#eventCame(frame);
    else this.stats.unknown += 1;
  }

  #responseCame({ message, sequence, body }: Frame): void {
    const pending = this.#pending.get(sequence);
    if (pending?.message === message) pending.settle(body);
    else this.stats.lateResponses += 1;
  }

  #eventCame({ message, sequence, body }: Frame): void {
    const description = eventsById.get(message);
    if (!description) {
      this.stats.unknown += 1;
      return;
    }
    const { name } = description;
    const last = this.#eventSequence.get(message);
    this.#eventSequence.set(message, sequence);
    const step = last === undefined ? 1 : (sequence - last) & 0xffff;
    // A step back is an event that came twice, or a headset that counts anew: nothing is known to be lost.
    if (step > 0 && step < 0x8000) this.stats.lost[name]! += step - 1;
    const listeners = this.#listeners.get(name);
    if (!listeners || listeners.size === 0) return;
    let event;
    try {
      event = decodeBody(description.event, body);
    } catch {
      // Sound by its CRC, yet no body: another firmware's. Counted, and the next one may be read.
      this.stats.unknown += 1;
      return;
    }
    for (const listener of listeners) listener(event as never);
  }

  #beat(): void {
    if (this.#closed) return;
    const silentMs = this.#io.now() - this.#lastRxMs;
    if (silentMs > limits.silenceMs) {
      this.close(
        new AncError('LINK_SILENT', `nothing came from the headset for ${Math.round(silentMs)} ms`),
      );
      return;
    }
    // Whether it is answered shows in the silence.
    this.request('ping', { token: this.#sequence }).catch(() => {});
    this.#heartbeat = this.#io.setTimeout(() => this.#beat(), limits.heartbeatMs);
  }
}
