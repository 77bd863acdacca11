import { connect, type Socket } from 'node:net';
import { AncError } from '@anc/link';
import { systemCode, type Transport, TransportEvents, uriInvalid } from './transport.ts';

const connectTimeoutMs = 3000;

function socketTo(uri: string, host: string, port: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (error: Error) => {
      socket.destroy();
      const why = systemCode(error) || error.message;
      reject(
        signal?.aborted
          ? signal.reason
          : new AncError('DEVICE_NOT_FOUND', `nothing answers at ${uri} (${why})`, {
              cause: error,
            }),
      );
    };
    const abort = () => fail(signal!.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    socket.setTimeout(connectTimeoutMs, () => fail(new Error('timeout')));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      signal?.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}

/** `tcp://HOST:PORT`. Errors: DEVICE_URI_INVALID, DEVICE_NOT_FOUND. */
export async function openTcp(uri: string, signal?: AbortSignal): Promise<Transport> {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/?#]+):(\d{1,5})\/?$/.exec(uri);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65535) throw uriInvalid(uri, 'tcp://HOST:PORT');
  const socket = await socketTo(uri, match[1]!.replace(/^\[|\]$/g, ''), port, signal);
  const events = new TransportEvents();
  let failure: AncError | null = null;
  socket.on('data', (chunk) => events.data(chunk));
  socket.on('error', (error) => {
    failure = new AncError('TRANSPORT_CLOSED', `${uri}: ${systemCode(error) || error.message}`, {
      cause: error,
    });
  });
  socket.on('close', () =>
    events.closed(
      failure ?? new AncError('TRANSPORT_CLOSED', `${uri}: the other end closed the connection`),
    ),
  );
  return {
    uri,
    description: `TCP ${match[1]}:${port}`,
    write: (bytes) => void (events.isClosed || socket.write(bytes)),
    onData: (listener) => events.onData(listener),
    onClosed: (listener) => events.onClosed(listener),
    close: async () => {
      events.closed(null);
      socket.destroy();
    },
  };
}
