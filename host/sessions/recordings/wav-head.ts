import { AncError } from '@anc/link';

export interface WavHead {
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bytesPerFrame: number;
  /** where the samples begin */
  readonly dataAt: number;
  /** null: written by a pipe that could not know; all of the rest is meant */
  readonly dataBytes: number | null;
}

/** Chunks before the samples that a head may have: labels of editors, not the recording again. */
export const maxHeadBytes = 64 * 1024;
const maxChannels = 8;
const maxSampleRateHz = 192_000;

/** format tag / bits that the analysis reads */
const formats = new Set(['1/16', '1/24', '1/32', '3/32', '3/64']);
const extensible = 0xfffe;
const unknownSize = 0xffffffff;
const hint = 'Send RIFF/WAVE: PCM of 16, 24 or 32 bits, or float of 32 or 64 bits.';

/**
 * The head of a WAV file from its first bytes; null: more are needed.
 * @throws AncError WAV_INVALID, WAV_UNSUPPORTED
 */
export function readWavHead(bytes: Buffer): WavHead | null {
  if (bytes.length < 12) return null;
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw invalid('the bytes are no RIFF/WAVE file');
  let format: Omit<WavHead, 'dataAt' | 'dataBytes'> | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const dataAt = at + 8;
    if (id === 'data') {
      if (!format) throw invalid('sound comes before its format');
      return { ...format, dataAt, dataBytes: size === unknownSize ? null : size };
    }
    if (id === 'fmt ') {
      if (size < 16) throw invalid(`the fmt chunk has ${size} bytes, 16 are needed`);
      if (dataAt + Math.min(size, 26) > bytes.length) return null;
      format = readFormat(bytes, dataAt, size);
    }
    // chunks are padded to an even length
    at = dataAt + size + (size % 2);
  }
  if (bytes.length >= maxHeadBytes) throw invalid(`no sound in the first ${maxHeadBytes} bytes`);
  return null;
}

function readFormat(bytes: Buffer, at: number, size: number) {
  const tag = bytes.readUInt16LE(at);
  // The extensible form has the real tag in the first bytes of its subformat.
  const formatTag = tag === extensible && size >= 26 ? bytes.readUInt16LE(at + 24) : tag;
  const channels = bytes.readUInt16LE(at + 2);
  const sampleRateHz = bytes.readUInt32LE(at + 4);
  const bits = bytes.readUInt16LE(at + 14);
  if (!formats.has(`${formatTag}/${bits}`))
    throw new AncError('WAV_UNSUPPORTED', `format ${formatTag} with ${bits} bits`, { hint });
  if (channels < 1 || channels > maxChannels)
    throw invalid(`${channels} channels, 1..${maxChannels} are kept`);
  if (sampleRateHz < 1000 || sampleRateHz > maxSampleRateHz)
    throw invalid(`${sampleRateHz} Hz, 1000..${maxSampleRateHz} Hz are kept`);
  return { channels, sampleRateHz, bytesPerFrame: (channels * bits) / 8 };
}

function invalid(message: string): AncError {
  return new AncError('WAV_INVALID', message, { hint });
}
