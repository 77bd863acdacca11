/** For clients of other platforms: settings under their names, chunks as base64 in JSON. */
import {
  type AudioChunk,
  FrameError,
  type ProcessedChunk,
  decodeFrame,
  encodeFrame,
} from '../protocol/index.ts';

const otherNames = new Map([
  ['filter_length', 'taps'],
  ['step_size', 'stepSize'],
  ['buffer_size', 'bufferSize'],
  ['bypass_ml', 'bypassMl'],
  ['sample_format', 'sampleFormat'],
]);

/** Settings with the names of this project; an unknown name stays, for the check to refuse. */
export function ownSettingNames(
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [otherNames.get(name) ?? name, value]),
  );
}

/**
 * @param following the number of a chunk that has none
 * @throws FrameError
 */
export function frameOfChunk(chunk: AudioChunk, channels: 1 | 2, following: number): Uint8Array {
  const bytes = Buffer.from(chunk.audio_data, 'base64');
  if (bytes.length === 0 || bytes.length % (4 * channels) !== 0)
    throw new FrameError(
      'FRAME_SIZE',
      `audio_data has ${bytes.length} bytes, which are no float32 samples on ${channels} channel(s)`,
    );
  const samples = new Float32Array(bytes.length / 4);
  new Uint8Array(samples.buffer).set(bytes);
  const { sequence = following, timestamp: capturedAtMs = 0 } = chunk;
  try {
    return new Uint8Array(encodeFrame({ sequence, capturedAtMs, channels, samples }));
  } catch (error) {
    throw new FrameError('FRAME_SIZE', (error as Error).message);
  }
}

/** @param payload a frame on its way to the client */
export function chunkOfFrame(payload: Uint8Array): ProcessedChunk {
  const frame = decodeFrame(payload);
  const { buffer, byteOffset, byteLength } = frame.samples;
  return {
    type: 'processed_chunk',
    audio_data: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    sequence: frame.sequence,
    timestamp: frame.capturedAtMs,
    latency_ms: (frame.queueMicros + frame.filterMicros) / 1000,
  };
}
