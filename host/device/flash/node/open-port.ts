/** A headset's URI as a port in the shape of Web Serial. */
import { stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { AncError } from '@anc/link';
import type { SerialPort } from 'serialport';
import { openFailure } from '../../../transports/serial.ts';
import { uriInvalid } from '../../../transports/transport.ts';
import type { WebPort } from '../web-port.ts';

/** What serial ports and sockets have in common here. */
interface Line {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
  onData(listener: (bytes: Uint8Array) => void): void;
  onEnd(listener: (error: Error) => void): void;
  close(): Promise<void>;
}

class Streams {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  #line: Line | null = null;

  take(line: Line): void {
    let isOpen = true;
    this.#line = line;
    this.readable = new ReadableStream({
      start: (controller) => {
        line.onData((bytes) => void (isOpen && controller.enqueue(bytes)));
        line.onEnd((error) => {
          if (isOpen) controller.error(error);
          isOpen = false;
        });
      },
      cancel: () => void (isOpen = false),
    });
    this.writable = new WritableStream({
      write: (bytes) =>
        new Promise((resolve, reject) =>
          line.write(bytes, (error) => (error ? reject(error) : resolve())),
        ),
    });
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#line = this.readable = this.writable = null;
    await line?.close();
  }
}

const goneCheckMs = 250;

/** Null when there is nothing at this path. */
async function identity(path: string): Promise<string | null> {
  return stat(path).then(
    ({ ino, rdev, ctimeMs }) => `${ino} ${rdev} ${ctimeMs}`,
    () => null,
  );
}

/** `hasLines`: a pseudo-terminal has none. */
function terminalPort(uri: string, path: string, hasLines: boolean): WebPort {
  const streams = new Streams();
  let info: { usbVendorId?: number; usbProductId?: number } = {};
  let port: SerialPort | undefined;
  // As the system sets them when a port is opened; serialport's own defaults for what is not named are others.
  const lines = { dtr: true, rts: true, brk: false };
  return {
    hasLines,
    get readable() {
      return streams.readable;
    },
    get writable() {
      return streams.writable;
    },
    getInfo: () => info,
    open: async ({ baudRate }) => {
      const { SerialPort: Port } = await import('serialport');
      Object.assign(lines, { dtr: true, rts: true, brk: false });
      if (hasLines) info = await usbIds(path);
      const opened = new Port({ path, baudRate, autoOpen: false, lock: true });
      await new Promise<void>((resolve, reject) =>
        opened.open((error) => (error ? reject(openFailure(uri, path, error)) : resolve())),
      );
      port = opened;
      const device = await identity(path);
      streams.take({
        write: (bytes, done) => opened.write(bytes, undefined, done),
        onData: (listener) => void opened.on('data', listener),
        onEnd: (listener) => {
          opened.on('error', listener);
          opened.on('close', () => listener(new Error(`${path} was closed`)));
          // A hang-up is not reported on Linux, but the device's file goes, or another one comes in its place.
          const timer = setInterval(async () => {
            if ((await identity(path)) === device) return;
            clearInterval(timer);
            listener(new Error(`${path} is gone`));
          }, goneCheckMs);
          opened.on('close', () => clearInterval(timer));
        },
        close: () =>
          new Promise((resolve) => (opened.isOpen ? opened.close(() => resolve()) : resolve())),
      });
    },
    close: () => streams.close(),
    setSignals: ({ dataTerminalReady: dtr, requestToSend: rts, break: brk }) => {
      if (dtr !== undefined) lines.dtr = dtr;
      if (rts !== undefined) lines.rts = rts;
      if (brk !== undefined) lines.brk = brk;
      return new Promise((resolve, reject) =>
        hasLines && port
          ? port.set(lines, (error) => (error ? reject(error) : resolve()))
          : resolve(),
      );
    },
    setBaudRate: (baudRate) =>
      new Promise((resolve, reject) =>
        port!.update({ baudRate }, (error) => (error ? reject(error) : resolve())),
      ),
  };
}

async function usbIds(path: string): Promise<{ usbVendorId?: number; usbProductId?: number }> {
  try {
    const { SerialPort } = await import('serialport');
    const found = (await SerialPort.list()).find((port) => port.path === path);
    const number = (hex: string | undefined) => (hex ? parseInt(hex, 16) : undefined);
    const [vendor, product] = [number(found?.vendorId), number(found?.productId)];
    return vendor && product ? { usbVendorId: vendor, usbProductId: product } : {};
  } catch {
    // Without udev nothing is known of the port: the usual reset is tried.
    return {};
  }
}

function tcpPort(uri: string, host: string, port: number): WebPort {
  const streams = new Streams();
  return {
    hasLines: false,
    get readable() {
      return streams.readable;
    },
    get writable() {
      return streams.writable;
    },
    getInfo: () => ({}),
    setSignals: async () => {},
    setBaudRate: async () => {},
    close: () => streams.close(),
    open: async () => {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const fresh = connect({ host, port, noDelay: true }, () => resolve(fresh));
        fresh.once('error', (cause) =>
          reject(
            new AncError('DEVICE_NOT_FOUND', `nothing answers at ${uri}: ${cause.message}`, {
              cause,
            }),
          ),
        );
      });
      streams.take({
        write: (bytes, done) => socket.write(bytes, done),
        onData: (listener) => void socket.on('data', listener),
        onEnd: (listener) => {
          socket.on('error', listener);
          socket.on('close', () => listener(new Error(`${uri} closed the connection`)));
        },
        close: async () => void socket.destroy(),
      });
    },
  };
}

/** `serial:///dev/ttyACM0`, `pty:/dev/pts/N`, `tcp://HOST:PORT`. Errors: DEVICE_URI_INVALID. */
export function flashPort(uri: string): WebPort {
  const serial = /^serial:\/\/([^?]+)/.exec(uri);
  if (serial) return terminalPort(uri, serial[1]!, true);
  if (uri.startsWith('pty:/')) return terminalPort(uri, uri.slice('pty:'.length), false);
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/?#]+):(\d{1,5})\/?$/.exec(uri);
  if (tcp) return tcpPort(uri, tcp[1]!.replace(/^\[|\]$/g, ''), Number(tcp[2]));
  throw uriInvalid(uri, 'serial:///dev/…, pty:/… or tcp://HOST:PORT');
}

/** A path alone is a serial port. */
export function uriOfPort(port: string): string {
  return port.startsWith('/') ? `serial://${port}` : port;
}
