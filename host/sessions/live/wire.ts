import { frameFlags, headerBytes } from '../protocol/index.ts';

/** FIN, opcode 2 (RFC 6455, 5.2) */
export const binaryFrame = 0x82;

/** A WebSocket frame around the first channel of what a client sent, as it came. */
export function bypassedFrame(frame: Uint8Array, receivedAtMs: number): Buffer {
  const flags = frame[1]!;
  const sampleBytes = flags & frameFlags.float32 ? 4 : 2;
  const frames = frame[2]! | (frame[3]! << 8);
  const payload = headerBytes + frames * sampleBytes;
  const lengthBytes = payload < 126 ? 2 : 4;
  const wire = Buffer.alloc(lengthBytes + payload);
  wire[0] = binaryFrame;
  if (lengthBytes === 2) wire[1] = payload;
  else {
    wire[1] = 126;
    wire.writeUInt16BE(payload, 2);
  }
  wire.set(frame.subarray(0, 16), lengthBytes);
  wire[lengthBytes + 1] = (flags & frameFlags.float32) | frameFlags.bypassed;
  wire.writeDoubleLE(receivedAtMs, lengthBytes + 16);
  const samples = lengthBytes + headerBytes;
  if ((flags & frameFlags.stereo) === 0) wire.set(frame.subarray(headerBytes), samples);
  else
    for (let i = 0; i < frames; i += 1) {
      const from = headerBytes + 2 * i * sampleBytes;
      wire.set(frame.subarray(from, from + sampleBytes), samples + i * sampleBytes);
    }
  return wire;
}

/** The payload of an unmasked WebSocket frame. */
export function payloadOf(wire: Uint8Array): Uint8Array {
  return wire.subarray((wire[1]! & 0x7f) < 126 ? 2 : 4);
}
