import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import {
  type AudioChunk,
  FrameError,
  type ServerMessage,
  abilityOf,
  checkFrame,
  chunkSamples,
  frameFlags,
} from '../protocol/index.ts';
import { nowMs } from './clock.ts';
import { chunkOfFrame, frameOfChunk } from './compat.ts';
import { type LiveLimiter, chunkBucket } from './live-limiter.ts';
import type { Listener, LiveSession } from './live-session.ts';
import { MessageError, changedSettings, parseMessage } from './text-message.ts';
import { FrameOutput } from './frame-output.ts';
import { TokenBucket } from './token-bucket.ts';
import { payloadOf } from './wire.ts';

/** Refused chunks one after the other: this is no client of ours. */
const mostRefusedInARow = 50;
/** of one kind a second; the others are only counted */
const errorMs = 1000;
const messagesPerSecond = 20;
/** A chunk costs as much as so many samples at least. */
const leastSamples = 64;

export interface ConnectionEvents {
  readonly limiter: LiveLimiter;
  /** how many times as fast as real time it may send */
  readonly speed: number;
  error(code: string): void;
  closed(connection: Connection): void;
  /** The client has said that it is done. */
  ended(session: LiveSession): void;
}

/** One WebSocket of one session: checks all that comes, sends what the session has. */
export class Connection implements Listener {
  readonly session: LiveSession;
  readonly address: string;
  isAlive = true;
  readonly #socket: WebSocket;
  readonly #output: FrameOutput;
  readonly #events: ConnectionEvents;
  readonly #chunks: TokenBucket;
  readonly #messages = new TokenBucket(messagesPerSecond, 2 * messagesPerSecond);
  readonly #toldAtMs = new Map<string, number>();
  #isText = false;
  #refusedInARow = 0;

  /** @param stream what the WebSocket runs on */
  constructor(
    session: LiveSession,
    socket: WebSocket,
    stream: Duplex,
    address: string,
    events: ConnectionEvents,
  ) {
    this.session = session;
    this.address = address;
    this.#socket = socket;
    this.#output = new FrameOutput(stream);
    this.#events = events;
    this.#chunks = chunkBucket(events.speed);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#frame(data);
      else this.#text(data.toString('utf8'));
    });
    socket.on('pong', () => (this.isAlive = true));
    // ws closes by itself what breaks its protocol or is too large.
    socket.on('error', () => this.#events.error('SOCKET_PROTOCOL'));
    socket.on('close', () => this.#events.closed(this));
  }

  sendReady(resumed: boolean): void {
    const { id: sessionId, settings } = this.session;
    this.send({ type: 'ready', sessionId, settings, ability: abilityOf(settings), resumed });
  }

  sendFrame(wire: Uint8Array): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    this.#refusedInARow = 0;
    if (!this.#isText) return this.#output.write(wire);
    if (this.#output.isFull) this.#output.drop();
    else this.send(chunkOfFrame(payloadOf(wire)));
    return false;
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  takeDropped(): number {
    return this.#output.takeDropped();
  }

  /** Of the samples, found by the worker: already counted. */
  refused(error: FrameError): void {
    this.#refusal(error.code, error.message, null);
  }

  ping(): void {
    this.isAlive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#output.clear();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #frame(data: Uint8Array): void {
    this.#isText = false;
    try {
      checkFrame(data);
      this.#take(data);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @throws MessageError RATE_LIMITED, CHUNK_CHANNELS */
  #take(frame: Uint8Array): void {
    const { session, address } = this;
    const atMs = nowMs();
    const channels = frame[1]! & frameFlags.stereo ? 2 : 1;
    if (channels !== session.settings.channels)
      throw new MessageError(
        'CHUNK_CHANNELS',
        `the chunk has ${channels} channel(s), the session ${session.settings.channels}`,
      );
    const samples = frame[2]! | (frame[3]! << 8);
    const cost = Math.max(samples, leastSamples) / chunkSamples;
    if (
      !this.#chunks.take(cost, atMs) ||
      !this.#events.limiter.chunks(session.userId, address, cost)
    )
      throw new MessageError(
        'RATE_LIMITED',
        'chunks come faster than real time',
        'Send 48,000 samples a second.',
      );
    session.accept(frame, atMs);
  }

  #text(text: string): void {
    try {
      const message = parseMessage(text);
      if (message.type === 'audio_chunk') {
        this.#chunk(message);
        return;
      }
      if (!this.#messages.take(1))
        throw new MessageError('RATE_LIMITED', `more than ${messagesPerSecond} messages a second`);
      switch (message.type) {
        case 'ping':
          this.send({ type: 'pong', clientMs: message.clientMs, serverMs: nowMs() });
          break;
        case 'settings':
          this.session.set(changedSettings(this.session.settings, { ...message.settings }));
          this.send({ type: 'settings', settings: this.session.settings });
          break;
        case 'end':
          this.#events.ended(this.session);
          break;
      }
    } catch (error) {
      this.#refuse(error);
    }
  }

  #chunk(chunk: AudioChunk): void {
    this.#isText = true;
    const { settings, nextSequence } = this.session;
    this.#take(frameOfChunk(chunk, settings.channels, nextSequence));
  }

  #refuse(error: unknown): void {
    if (!(error instanceof FrameError || error instanceof MessageError)) throw error;
    const isMessage = error instanceof MessageError;
    this.session.refuse();
    this.#refusal(error.code, error.message, isMessage ? error.hint : null);
  }

  #refusal(code: string, message: string, hint: string | null): void {
    this.#events.error(code);
    const atMs = nowMs();
    if (atMs - (this.#toldAtMs.get(code) ?? -Infinity) >= errorMs) {
      this.#toldAtMs.set(code, atMs);
      this.send({ type: 'error', code, message, hint });
    }
    this.#refusedInARow += 1;
    if (this.#refusedInARow >= mostRefusedInARow) this.close(1008, code);
  }
}
