/** Sign-extended 24-bit samples by channel, from their interleaved little-endian bytes. What is no whole sample is left out. */
export function unpackSamples24(bytes: Uint8Array, channelCount: number): Int32Array[] {
  const count = Math.floor(bytes.length / (3 * channelCount));
  const channels = Array.from({ length: channelCount }, () => new Int32Array(count));
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    for (const channel of channels) {
      channel[i] = ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 8;
      at += 3;
    }
  }
  return channels;
}
