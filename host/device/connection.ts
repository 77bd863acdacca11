import {
  AncError,
  asAncError,
  type Dictionary,
  type DictionaryCache,
  type Direction,
  type HelloResponse,
  LinkSession,
  loadDictionary,
} from '@anc/link';
import { openTransport, type Transport } from '../transports/index.ts';

/** One life of a link: from the opened transport to its end. */
export interface Connection {
  readonly transport: Transport;
  readonly session: LinkSession;
  readonly hello: HelloResponse;
  readonly dictionary: Dictionary;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly timeoutMs: number;
  readonly cache: DictionaryCache;
  readonly signal?: AbortSignal | undefined;
  /** Every chunk in both directions, as it went. */
  readonly capture?: ((direction: Direction, bytes: Uint8Array) => void) | undefined;
}

function sessionOver(transport: Transport, { capture }: ConnectionOptions): LinkSession {
  const session = new LinkSession({
    send: (bytes) => {
      capture?.('>', bytes);
      transport.write(bytes);
    },
    now: () => performance.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  });
  transport.onData((chunk) => {
    capture?.('<', chunk);
    session.receive(chunk);
  });
  return session;
}

/** Errors: those of the transport, DEVICE_BUSY, LINK_TIMEOUT, PROTOCOL_VERSION, DICTIONARY_DAMAGED. */
export async function openConnection(uri: string, options: ConnectionOptions): Promise<Connection> {
  const transport = await openTransport(uri, options.signal ? { signal: options.signal } : {});
  const session = sessionOver(transport, options);
  let isBusy = false;
  session.on('log', ({ code }) => (isBusy ||= code === 'linkBusy'));
  transport.onClosed((error) => {
    const busy = new AncError('DEVICE_BUSY', `${uri} is in use by another host`);
    session.close(isBusy ? busy : (error ?? undefined));
  });
  const close = async () => {
    session.close();
    await transport.close();
  };
  try {
    const hello = await session.open({ timeoutMs: options.timeoutMs });
    const dictionary = await loadDictionary(session, hello, options.cache);
    return { transport, session, hello, dictionary, close };
  } catch (error) {
    await close();
    throw asAncError(error);
  }
}
