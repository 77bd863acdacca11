/**
 * One chunk of audio on the WebSocket, the same header in both directions, little-endian:
 *
 * | at | type | field                                                                  |
 * | -- | ---- | ---------------------------------------------------------------------- |
 * | 0  | u8   | version, 1                                                             |
 * | 1  | u8   | flags: 1 = float32 (else int16), 2 = two channels, 4 = filled, 8 = bypassed |
 * | 2  | u16  | frames: samples of one channel                                         |
 * | 4  | u32  | sequence, counts up by one a chunk and wraps                           |
 * | 8  | f64  | capturedAtMs, the client’s clock; comes back unchanged                 |
 * | 16 | f64  | receivedAtMs, the server’s clock; upstream 0                           |
 * | 24 | u32  | queue, µs between receiving and filtering; upstream 0                  |
 * | 28 | u32  | filter, µs; upstream 0                                                 |
 * | 32 |      | samples, two channels interleaved: primary, reference                  |
 *
 * The header’s length keeps float32 samples aligned.
 */
export interface AudioFrame {
  readonly sequence: number;
  readonly capturedAtMs: number;
  readonly receivedAtMs: number;
  readonly queueMicros: number;
  readonly filterMicros: number;
  readonly channels: 1 | 2;
  readonly sampleFormat: SampleFormat;
  /** silence that the server put in place of a chunk that did not come in time */
  readonly filled: boolean;
  /** the samples come back as they went, because the filter was not there to work on them */
  readonly bypassed: boolean;
  /** full scale 1; two channels interleaved */
  readonly samples: Float32Array;
}

export type SampleFormat = 'int16' | 'float32';

export const frameVersion = 1;
export const headerBytes = 32;
/** samples of one channel that a chunk may have */
export const maxFrames = 4096;
/** the largest magnitude of a float32 sample that is still audio, full scale 1 */
export const peakLimit = 4;

export const frameFlags = { float32: 1, stereo: 2, filled: 4, bypassed: 8 } as const;
const knownFlags = 15;
const int16FullScale = 32768;

/** What is wrong with a frame. `code` is stable. */
export class FrameError extends Error {
  readonly code: FrameErrorCode;

  constructor(code: FrameErrorCode, message: string) {
    super(message);
    this.name = 'FrameError';
    this.code = code;
  }
}

export type FrameErrorCode =
  | 'FRAME_TOO_SHORT'
  | 'FRAME_VERSION'
  | 'FRAME_FLAGS'
  | 'FRAME_SIZE'
  | 'FRAME_NOT_FINITE'
  | 'FRAME_OUT_OF_RANGE';

/** What `encodeFrame` takes: what a side does not know is 0. */
export type FrameFields = Partial<AudioFrame> & Pick<AudioFrame, 'sequence' | 'samples'>;

/**
 * @param frame `samples` above full scale are clipped with int16, and sent as they are with float32
 * @throws RangeError when `samples` do not divide by the channels, are none or more than `maxFrames` a channel
 */
export function encodeFrame(frame: FrameFields): ArrayBuffer {
  const { samples, channels = 1, sampleFormat = 'float32' } = frame;
  const frames = samples.length / channels;
  if (!Number.isInteger(frames) || frames < 1 || frames > maxFrames)
    throw new RangeError(`${samples.length} samples on ${channels} channels are no chunk`);
  const isFloat = sampleFormat === 'float32';
  const bytes = new ArrayBuffer(headerBytes + samples.length * (isFloat ? 4 : 2));
  const view = new DataView(bytes);
  view.setUint8(0, frameVersion);
  view.setUint8(
    1,
    (isFloat ? frameFlags.float32 : 0) |
      (channels === 2 ? frameFlags.stereo : 0) |
      (frame.filled ? frameFlags.filled : 0) |
      (frame.bypassed ? frameFlags.bypassed : 0),
  );
  view.setUint16(2, frames, true);
  view.setUint32(4, frame.sequence >>> 0, true);
  view.setFloat64(8, frame.capturedAtMs ?? 0, true);
  view.setFloat64(16, frame.receivedAtMs ?? 0, true);
  view.setUint32(24, micros(frame.queueMicros), true);
  view.setUint32(28, micros(frame.filterMicros), true);
  if (isFloat) new Float32Array(bytes, headerBytes).set(samples);
  else {
    const words = new Int16Array(bytes, headerBytes);
    for (let i = 0; i < samples.length; i += 1)
      words[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i]! * int16FullScale)));
  }
  return bytes;
}

const micros = (value = 0) => Math.min(0xffffffff, Math.max(0, Math.round(value)));

/**
 * @param bytes what came; it is copied from, not kept
 * @throws FrameError
 */
export function decodeFrame(bytes: ArrayBuffer | Uint8Array): AudioFrame {
  const raw = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  checkFrame(raw);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const flags = raw[1]!;
  const channels = flags & frameFlags.stereo ? 2 : 1;
  const sampleFormat = flags & frameFlags.float32 ? 'float32' : 'int16';
  const frames = view.getUint16(2, true);
  const samples = new Float32Array(frames * channels);
  if (sampleFormat === 'float32') {
    new Uint8Array(samples.buffer).set(raw.subarray(headerBytes));
    checkSamples(samples);
  } else {
    for (let i = 0; i < samples.length; i += 1)
      samples[i] = view.getInt16(headerBytes + 2 * i, true) / int16FullScale;
  }
  return {
    sequence: view.getUint32(4, true),
    capturedAtMs: view.getFloat64(8, true),
    receivedAtMs: view.getFloat64(16, true),
    queueMicros: view.getUint32(24, true),
    filterMicros: view.getUint32(28, true),
    channels,
    sampleFormat,
    filled: (flags & frameFlags.filled) !== 0,
    bypassed: (flags & frameFlags.bypassed) !== 0,
    samples,
  };
}

/** All but the samples, without allocating. @throws FrameError */
export function checkFrame(raw: Uint8Array): void {
  if (raw.length < headerBytes)
    throw new FrameError(
      'FRAME_TOO_SHORT',
      `a frame of ${raw.length} bytes is shorter than its header of ${headerBytes}`,
    );
  if (raw[0] !== frameVersion)
    throw new FrameError('FRAME_VERSION', `frames of version ${raw[0]} are not known here`);
  const flags = raw[1]!;
  if (flags & ~knownFlags)
    throw new FrameError('FRAME_FLAGS', `flags 0x${flags.toString(16)} are not known here`);
  const frames = raw[2]! | (raw[3]! << 8);
  const channels = flags & frameFlags.stereo ? 2 : 1;
  const sampleBytes = flags & frameFlags.float32 ? 4 : 2;
  const expected = headerBytes + frames * channels * sampleBytes;
  if (frames < 1 || frames > maxFrames || expected !== raw.length)
    throw new FrameError(
      'FRAME_SIZE',
      `${raw.length} bytes are no frame of ${frames} × ${channels} samples of ${sampleBytes} bytes (1..${maxFrames})`,
    );
  if (!isFiniteAt(raw, 8) || !isFiniteAt(raw, 16))
    throw new FrameError('FRAME_NOT_FINITE', 'a time of the header is not finite');
}

/** A float64 whose exponent is not all ones. */
function isFiniteAt(raw: Uint8Array, at: number): boolean {
  return (raw[at + 7]! & 0x7f) !== 0x7f || raw[at + 6]! < 0xf0;
}

/** @throws FrameError FRAME_NOT_FINITE, FRAME_OUT_OF_RANGE */
export function checkSamples(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i]!;
    if (Math.abs(value) <= peakLimit) continue;
    if (!Number.isFinite(value))
      throw new FrameError('FRAME_NOT_FINITE', `sample ${i} is ${value}`);
    throw new FrameError(
      'FRAME_OUT_OF_RANGE',
      `sample ${i} is ${value.toPrecision(4)}, full scale is 1 and ${peakLimit} the limit`,
    );
  }
}
