/** The emulated chip as a Web Serial port in the same process: no time is lost on the way. */
import type { WebPort } from '../../device/flash/web-port.ts';
import type { EmulatedChip, Wire } from './chip.ts';

export interface MemoryPortOptions {
  readonly hasLines?: boolean;
  /** Whether the rate changes without opening the port again. */
  readonly canSetBaud?: boolean;
}

export function memoryPort(chip: EmulatedChip, options: MemoryPortOptions = {}): WebPort {
  const { hasLines = true, canSetBaud = true } = options;
  let readable: ReadableStream<Uint8Array> | null = null;
  let writable: WritableStream<Uint8Array> | null = null;
  let wire: Wire | null = null;
  const port: WebPort = {
    hasLines,
    get readable() {
      return readable;
    },
    get writable() {
      return writable;
    },
    getInfo: () => ({}),
    open: async ({ baudRate }) => {
      let isOpen = true;
      let controller!: ReadableStreamDefaultController<Uint8Array>;
      readable = new ReadableStream({
        start: (it) => void (controller = it),
        cancel: () => void (isOpen = false),
      });
      const own: Wire = {
        send: (bytes) => void (isOpen && controller.enqueue(Uint8Array.from(bytes))),
        disconnect: () => {
          if (isOpen) controller.error(new Error('the device has been lost'));
          isOpen = false;
        },
      };
      wire = own;
      writable = new WritableStream({
        write: async (bytes) => {
          if (!isOpen) throw new Error('the device has been lost');
          // Later, as over a wire: the writer goes on before the answer comes.
          await Promise.resolve();
          chip.receive(bytes);
        },
      });
      chip.connect(own);
      chip.setHostBaud(baudRate);
    },
    close: async () => {
      if (wire) chip.disconnected(wire);
      wire = null;
      readable = writable = null;
    },
    setSignals: async ({ dataTerminalReady, requestToSend }) => {
      if (!hasLines || !wire) return;
      chip.setLines({
        ...(dataTerminalReady === undefined ? {} : { dtr: dataTerminalReady }),
        ...(requestToSend === undefined ? {} : { rts: requestToSend }),
      });
    },
  };
  return canSetBaud
    ? Object.defineProperties(
        {
          setBaudRate: async (baudRate: number) => chip.setHostBaud(baudRate),
        } as unknown as WebPort,
        Object.getOwnPropertyDescriptors(port),
      )
    : port;
}
