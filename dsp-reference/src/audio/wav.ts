import { DspError } from '../errors.ts';

export interface Wav {
  readonly sampleRateHz: number;
  /** -1..1, one array a channel, of equal length */
  readonly channels: readonly Float64Array[];
}

export type WavFormat = 'pcm16' | 'pcm24' | 'pcm32' | 'float32' | 'float64';

/** As it was read from a file. */
export interface WavFile extends Wav {
  readonly format: WavFormat;
}

interface Layout {
  readonly formatTag: number;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  readonly bits: number;
}

const tags = { pcm: 1, float: 3, extensible: 0xfffe } as const;

const formatsHint = 'PCM of 16, 24 and 32 bits and float of 32 and 64 bits are read.';

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function readLayout(view: DataView, at: number, size: number, name: string): Layout {
  if (size < 16) {
    throw new DspError('WAV_INVALID', `${name}: the fmt chunk has ${size} bytes, 16 are needed.`, {
      hint: formatsHint,
    });
  }
  const tag = view.getUint16(at, true);
  return {
    // The extensible form has the real tag in the first bytes of its subformat.
    formatTag: tag === tags.extensible && size >= 26 ? view.getUint16(at + 24, true) : tag,
    channelCount: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

interface Reader {
  readonly format: WavFormat;
  get(view: DataView, at: number): number;
}

const readers: Readonly<Record<string, Reader>> = {
  '1/16': { format: 'pcm16', get: (view, at) => view.getInt16(at, true) / 32768 },
  '1/24': {
    format: 'pcm24',
    get: (view, at) =>
      ((view.getUint8(at) << 8) | (view.getUint8(at + 1) << 16) | (view.getUint8(at + 2) << 24)) /
      2147483648,
  },
  '1/32': { format: 'pcm32', get: (view, at) => view.getInt32(at, true) / 2147483648 },
  '3/32': { format: 'float32', get: (view, at) => view.getFloat32(at, true) },
  '3/64': { format: 'float64', get: (view, at) => view.getFloat64(at, true) },
};

function readerOf({ formatTag, bits }: Layout, name: string): Reader {
  const reader = readers[`${formatTag}/${bits}`];
  if (reader) return reader;
  throw new DspError('WAV_UNSUPPORTED', `${name}: format ${formatTag} with ${bits} bits.`, {
    hint: formatsHint,
  });
}

function readSamples(
  view: DataView,
  layout: Layout,
  from: number,
  size: number,
  name: string,
): WavFile {
  const reader = readerOf(layout, name);
  const { channelCount, sampleRateHz, bits } = layout;
  const bytes = bits / 8;
  if (channelCount < 1 || sampleRateHz < 1) {
    throw new DspError('WAV_INVALID', `${name}: ${channelCount} channels at ${sampleRateHz} Hz.`, {
      hint: formatsHint,
    });
  }
  const frames = Math.floor(size / (bytes * channelCount));
  const channels = Array.from({ length: channelCount }, () => new Float64Array(frames));
  let at = from;
  for (let n = 0; n < frames; n++) {
    for (const channel of channels) {
      channel[n] = reader.get(view, at);
      at += bytes;
    }
  }
  for (const [index, channel] of channels.entries()) {
    const bad = channel.findIndex((v) => !Number.isFinite(v));
    if (bad < 0) continue;
    throw new DspError(
      'WAV_INVALID',
      `${name}: sample ${bad} of channel ${index} is ${channel[bad]}.`,
      {
        hint: 'Float files may only hold finite values.',
      },
    );
  }
  return { sampleRateHz, channels, format: reader.format };
}

/**
 * @param bytes a whole file
 * @param name how to call it in messages
 * @throws DspError WAV_INVALID (no WAV, not finite), WAV_TRUNCATED, WAV_UNSUPPORTED
 */
export function parseWav(bytes: Uint8Array, name = 'WAV file'): WavFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || text(view, 0) !== 'RIFF' || text(view, 8) !== 'WAVE') {
    throw new DspError(
      'WAV_INVALID',
      `${name}: ${bytes.length} bytes that are no RIFF/WAVE file.`,
      {
        hint: formatsHint,
      },
    );
  }
  let layout: Layout | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = text(view, at);
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    const there = bytes.length - from;
    // A writer that was a pipe could not go back to fill the size in: all of the rest is meant.
    const isStreamed = id === 'data' && size === 0xffffffff;
    if (size > there && !isStreamed) {
      throw new DspError(
        'WAV_TRUNCATED',
        `${name}: ${there} bytes of '${id}' where its head says ${size}.`,
        {
          hint: 'The file is cut off; copy it again.',
        },
      );
    }
    if (id === 'fmt ') layout = readLayout(view, from, size, name);
    if (id === 'data') {
      if (layout) return readSamples(view, layout, from, isStreamed ? there : size, name);
      throw new DspError('WAV_INVALID', `${name}: sound comes before its format.`, {
        hint: formatsHint,
      });
    }
    at = from + size + (size & 1);
  }
  throw new DspError('WAV_TRUNCATED', `${name}: there is no sound in it.`, {
    hint: 'The file is cut off; copy it again.',
  });
}

interface Writer {
  readonly tag: number;
  readonly bytes: number;
  put(view: DataView, at: number, value: number): void;
}

/** Rounds to nearest and saturates. */
function integer(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
}

const writers: Readonly<Record<WavFormat, Writer>> = {
  pcm16: { tag: 1, bytes: 2, put: (view, at, v) => view.setInt16(at, integer(v, 16), true) },
  pcm24: {
    tag: 1,
    bytes: 3,
    put: (view, at, v) => {
      const i = integer(v, 24);
      view.setUint16(at, i & 0xffff, true);
      view.setInt8(at + 2, i >> 16);
    },
  },
  pcm32: { tag: 1, bytes: 4, put: (view, at, v) => view.setInt32(at, integer(v, 32), true) },
  float32: { tag: 3, bytes: 4, put: (view, at, v) => view.setFloat32(at, v, true) },
  float64: { tag: 3, bytes: 8, put: (view, at, v) => view.setFloat64(at, v, true) },
};

/** The bytes of a file; integer formats round to nearest and saturate. */
export function encodeWav(
  { sampleRateHz, channels }: Wav,
  format: WavFormat = 'pcm24',
): Uint8Array {
  const { tag, bytes, put } = writers[format];
  const frames = channels[0]?.length ?? 0;
  const block = bytes * channels.length;
  const size = frames * block;
  const view = new DataView(new ArrayBuffer(44 + size + (size & 1)));
  const name = (at: number, value: string) =>
    [...value].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  name(0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * block, true);
  view.setUint16(32, block, true);
  view.setUint16(34, 8 * bytes, true);
  name(36, 'data');
  view.setUint32(40, size, true);
  let at = 44;
  for (let n = 0; n < frames; n++) {
    for (const channel of channels) {
      put(view, at, channel[n]!);
      at += bytes;
    }
  }
  return new Uint8Array(view.buffer);
}
