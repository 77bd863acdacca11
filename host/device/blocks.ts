/** Blocks, in pieces that fit a frame. */
import { AncError, crc32, type Block, type Requests } from '@anc/link';

const chunkBytes = 900;
/** Weights travel as Q28. */
const weightUnit = 2 ** -28;

interface Requester {
  request<N extends keyof Requests>(
    name: N,
    body?: Partial<Requests[N]['request']>,
  ): Promise<Requests[N]['response']>;
}

/** Errors: BODY_INVALID when the pieces do not make a whole. */
export async function readBlock(device: Requester, block: Block): Promise<Uint8Array> {
  let whole = new Uint8Array(0);
  for (let offset = 0; ;) {
    const { totalBytes, data } = await device.request('readBlock', { block, offset });
    if (offset === 0) whole = new Uint8Array(totalBytes);
    if (offset + data.length > whole.length || (data.length === 0 && offset < whole.length))
      throw new AncError(
        'BODY_INVALID',
        `${data.length} bytes of ${block} came at ${offset} of ${whole.length}`,
      );
    whole.set(data, offset);
    offset += data.length;
    if (offset === whole.length) return whole;
  }
}

export async function writeBlock(
  device: Requester,
  block: Block,
  bytes: Uint8Array,
): Promise<void> {
  const crc = crc32(bytes);
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    const data = bytes.subarray(offset, offset + chunkBytes);
    await device.request('writeBlock', { block, offset, totalBytes: bytes.length, data, crc });
  }
}

/** The weights block as numbers: first tap first, 1 is unit gain. */
export function weightsOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length >> 2 },
    (_, i) => view.getInt32(4 * i, true) * weightUnit,
  );
}
