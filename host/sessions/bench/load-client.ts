import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { chunkSamples, encodeFrame, headerBytes } from '../protocol/index.ts';

export interface LoadTarget {
  readonly port: number;
  readonly sessionId: string;
  readonly ticket: string;
  readonly channels: 1 | 2;
  readonly sampleFormat: 'int16' | 'float32';
}

/** Different chunks that are sent in turn. */
const variants = 16;
const wireHeader = 8; // two bytes, two of length, four of the mask

/** As little as a client can be: its work is not to be seen beside the server’s. Its mask is zero, which the server does not know. */
export class LoadClient {
  sent = 0;
  received = 0;
  /** answers that are not the chunk’s own samples through the filter */
  unprocessed = 0;
  isClosed = false;
  readonly roundTripsMs: number[] = [];
  readonly #socket: Socket;
  readonly #frames: Buffer[];
  #rest: Buffer = Buffer.alloc(0);

  static async connect(target: LoadTarget, frames: readonly Buffer[]): Promise<LoadClient> {
    const socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true });
    await once(socket, 'connect');
    socket.write(
      `GET /api/v1/sessions/${target.sessionId}/audio HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: anc.v1, ticket.${target.ticket}\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0 || !answer.toString('latin1', 0, end).startsWith('HTTP/1.1 101'))
      throw new Error(answer.toString('utf8'));
    return new LoadClient(socket, frames, answer.subarray(end + 4));
  }

  private constructor(socket: Socket, frames: readonly Buffer[], first: Buffer) {
    this.#socket = socket;
    this.#frames = frames.map((frame) => Buffer.from(frame));
    socket.on('data', (data: Buffer) => this.#data(data));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', () => (this.isClosed = true));
    this.#data(first);
  }

  send(atMs: number): void {
    const frame = this.#frames[this.sent % variants]!;
    frame.writeUInt32LE(this.sent, wireHeader + 4);
    frame.writeDoubleLE(atMs, wireHeader + 8);
    this.#socket.write(frame);
    this.sent += 1;
  }

  close(): void {
    this.#socket.destroy();
  }

  #data(data: Buffer): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    for (;;) {
      if (rest.length < 4) break;
      const short = rest[1]!;
      const begin = short < 126 ? 2 : 4;
      const end = begin + (short < 126 ? short : rest.readUInt16BE(2));
      if (rest.length < end) break;
      if (rest[0] === 0x82) {
        this.received += 1;
        if (rest[begin + 1]! & 12) this.unprocessed += 1;
        this.roundTripsMs.push(performance.now() - rest.readDoubleLE(begin + 8));
      }
      rest = rest.subarray(end);
    }
    this.#rest = rest.length > 0 ? Buffer.from(rest) : rest;
  }
}

/** Masked WebSocket frames of pink-like noise, which two channels have in common. */
export function loadFrames({
  channels,
  sampleFormat,
}: Pick<LoadTarget, 'channels' | 'sampleFormat'>): Buffer[] {
  let [slow, state] = [0, 1];
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (slow = 0.95 * slow + state / 2 ** 34);
  };
  return Array.from({ length: variants }, () => {
    const samples = new Float32Array(chunkSamples * channels);
    for (let i = 0; i < samples.length; i += channels) {
      samples[i] = noise();
      if (channels === 2) samples[i + 1] = 0.8 * samples[i]!;
    }
    const payload = new Uint8Array(encodeFrame({ sequence: 0, samples, channels, sampleFormat }));
    const frame = Buffer.alloc(wireHeader + payload.length);
    frame.set([0x82, 0x80 | 126, payload.length >> 8, payload.length & 255]);
    frame.set(payload, wireHeader);
    return frame;
  });
}

export const bytesUp = (target: Pick<LoadTarget, 'channels' | 'sampleFormat'>) =>
  wireHeader +
  headerBytes +
  chunkSamples * target.channels * (target.sampleFormat === 'float32' ? 4 : 2);
