import { openPty, openSerial } from './serial.ts';
import { openQemu } from './qemu.ts';
import { openSim } from './sim.ts';
import { openTcp } from './tcp.ts';
import { type Transport, uriInvalid } from './transport.ts';

/**
 * Opens the transport that a URI names: `serial:///dev/ttyACM0`, `tcp://HOST:PORT`, `pty:/dev/pts/N`, `sim:?noise=cabin`,
 * `qemu:rv32imc`.
 * Errors: DEVICE_URI_INVALID, DEVICE_NOT_FOUND, DEVICE_BUSY, DEVICE_NO_PERMISSION, those of `openSim` and `openQemu`.
 */
export async function openTransport(
  uri: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Transport> {
  if (uri.startsWith('tcp:')) return openTcp(uri, signal);
  if (uri.startsWith('serial:')) return openSerial(uri);
  if (uri.startsWith('pty:')) return openPty(uri);
  if (/^sim:(\?|$)/.test(uri)) return openSim(uri, signal);
  if (uri.startsWith('qemu:')) return openQemu(uri, signal);
  throw uriInvalid(uri, 'tcp://, serial://, pty:, sim: or qemu:');
}
