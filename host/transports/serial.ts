import { AncError } from '@anc/link';
import { systemCode, type Transport, TransportEvents, uriInvalid } from './transport.ts';

const defaultBaud = 921600;

export function openFailure(uri: string, path: string, error: Error): AncError {
  const text = error.message;
  const options = { cause: error };
  if (/no such file|ENOENT|ENXIO|ENODEV|cannot open.*no such/i.test(text))
    return new AncError('DEVICE_NOT_FOUND', `there is no ${path}`, options);
  if (/permission denied|EACCES|access denied/i.test(text))
    return new AncError('DEVICE_NO_PERMISSION', `you may not open ${path}`, options);
  if (/busy|lock|EBUSY|temporarily unavailable/i.test(text))
    return new AncError('DEVICE_BUSY', `${path} is in use by another program`, options);
  return new AncError('DEVICE_NOT_FOUND', `${uri}: ${text}`, options);
}

/** Opens a terminal device exclusively. A hang-up is not seen on Linux: who uses it watches for silence. */
export async function openTerminal(
  uri: string,
  path: string,
  baudRate: number,
  description: string,
): Promise<Transport> {
  // Loaded here: a native module that only those need who talk to a port.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error ? reject(openFailure(uri, path, error)) : resolve())),
  );
  const events = new TransportEvents();
  port.on('data', (chunk: Uint8Array) => events.data(chunk));
  const lost = (error?: Error | null) =>
    events.closed(
      new AncError(
        'TRANSPORT_CLOSED',
        `${path}: ${error ? systemCode(error) || error.message : 'closed'}`,
        {
          cause: error ?? undefined,
        },
      ),
    );
  port.on('error', lost);
  port.on('close', lost);
  let closing: Promise<void> | undefined;
  return {
    uri,
    description,
    write: (bytes) => void (events.isClosed || port.write(bytes)),
    onData: (listener) => events.onData(listener),
    onClosed: (listener) => events.onClosed(listener),
    close: () => {
      events.closed(null);
      // `close` fails on a port that has gone: that is closed, too.
      return (closing ??= new Promise((resolve) =>
        port.isOpen ? port.close(() => resolve()) : resolve(),
      ));
    },
  };
}

/** `serial:///dev/ttyACM0[?baud=N]`. Errors: DEVICE_URI_INVALID, DEVICE_NOT_FOUND, DEVICE_BUSY, DEVICE_NO_PERMISSION. */
export function openSerial(uri: string): Promise<Transport> {
  const match = /^serial:\/\/([^?]+)(?:\?baud=(\d+))?$/.exec(uri);
  if (!match) throw uriInvalid(uri, 'serial:///dev/ttyACM0 or serial:///dev/ttyUSB0?baud=921600');
  const baudRate = Number(match[2] ?? defaultBaud);
  return openTerminal(uri, match[1]!, baudRate, `serial port ${match[1]} at ${baudRate} baud`);
}

/** `pty:/dev/pts/N`, or a link to one. Errors as for serial ports. */
export function openPty(uri: string): Promise<Transport> {
  const path = uri.slice('pty:'.length);
  if (!path.startsWith('/')) throw uriInvalid(uri, 'pty:/dev/pts/N');
  return openTerminal(uri, path, defaultBaud, `pseudo-terminal ${path}`);
}
