export interface WavShape {
  readonly channels?: number;
  readonly sampleRateHz?: number;
  readonly frames?: number;
  readonly bits?: number;
  readonly formatTag?: number;
  /** of the data chunk's head; default what is there */
  readonly claimedBytes?: number;
  /** a chunk before the format, as editors write */
  readonly label?: string;
}

/** A WAV file of a quiet ramp. */
export function wavBytes(shape: WavShape = {}): Buffer {
  const { channels = 1, sampleRateHz = 48_000, frames = 4800, bits = 16, formatTag = 1 } = shape;
  const bytesPerFrame = (channels * bits) / 8;
  const data = Buffer.alloc(frames * bytesPerFrame);
  if (bits === 16)
    for (let i = 0; i < frames * channels; i += 1) data.writeInt16LE((i % 200) - 100, i * 2);
  const format = Buffer.alloc(16);
  format.writeUInt16LE(formatTag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * bytesPerFrame, 8);
  format.writeUInt16LE(bytesPerFrame, 12);
  format.writeUInt16LE(bits, 14);
  const label = shape.label === undefined ? [] : [chunk('LIST', Buffer.from(shape.label))];
  const body = Buffer.concat([
    ...label,
    chunk('fmt ', format),
    chunk('data', data, shape.claimedBytes ?? data.length),
  ]);
  const riff = Buffer.alloc(12);
  riff.write('RIFF', 0, 'latin1');
  riff.writeUInt32LE(body.length + 4, 4);
  riff.write('WAVE', 8, 'latin1');
  return Buffer.concat([riff, body]);
}

function chunk(id: string, content: Buffer, claimed = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(claimed, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
