import { ESPError, Transport } from 'esptool-js';
import type { WebPort } from './web-port.ts';

const end = 0xc0;
const escape = 0xdb;

export interface TransportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of every time limit; below 1 in tests. */
  readonly patience?: number | undefined;
}

/**
 * esptool-js's transport with three things mended: a lost port is known at once instead of after every time limit,
 * noise before a frame is skipped, and an abort ends the wait.
 */
export class LoaderTransport extends Transport {
  /** Why the port is gone; null while it is there. */
  lost: Error | null = null;
  readonly #port: WebPort;
  #signal: AbortSignal | undefined;
  readonly #patience: number;
  #input = new Uint8Array(0);
  #reading: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #isClosing = false;
  #wake: () => void = () => {};

  constructor(port: WebPort, { signal, patience = 1 }: TransportOptions = {}) {
    super(port as never, false, true);
    this.#port = port;
    this.#signal = signal;
    this.#patience = patience;
    signal?.addEventListener('abort', () => this.#wake());
  }

  override trace(): void {}

  /** What follows is done although the job was aborted. */
  ignoreAbort(): void {
    this.#signal = undefined;
  }

  override async connect(baud = 115_200): Promise<void> {
    this.#isClosing = false;
    this.lost = null;
    await this.#port.open({ baudRate: baud });
    this.baudrate = baud;
  }

  override async readLoop(): Promise<void> {
    const reader = this.#port.readable?.getReader();
    if (!reader) return;
    this.#reading = reader;
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const joined = new Uint8Array(this.#input.length + value.length);
        joined.set(this.#input);
        joined.set(value, this.#input.length);
        this.#input = joined;
        this.#wake();
      }
      if (!this.#isClosing) this.lost = new Error('the port was closed');
    } catch (error) {
      if (!this.#isClosing) this.lost = error as Error;
    } finally {
      reader.releaseLock();
      this.#reading = null;
      this.#wake();
    }
  }

  override async write(data: Uint8Array): Promise<void> {
    this.throwIfEnded();
    const writer = this.#port.writable?.getWriter();
    if (!writer) throw (this.lost ??= new Error('the port is closed'));
    try {
      await writer.write(this.slipWriter(data));
    } catch (error) {
      throw (this.lost ??= error as Error);
    } finally {
      writer.releaseLock();
    }
  }

  /** The next frame without its escapes. */
  override async read(timeoutMs: number): Promise<Uint8Array> {
    const deadline = performance.now() + timeoutMs * this.#patience;
    const frame: number[] = [];
    let isInside = false;
    let isEscaped = false;
    for (;;) {
      this.throwIfEnded();
      for (let i = 0; i < this.#input.length; i += 1) {
        const byte = this.#input[i]!;
        if (byte === end && frame.length > 0) {
          this.#input = this.#input.slice(i + 1);
          return Uint8Array.from(frame);
        }
        // Two ends in a row: the second one begins a frame.
        if (byte === end) isInside = true;
        else if (isInside && isEscaped) {
          isEscaped = false;
          frame.push(byte === 0xdc ? end : byte === 0xdd ? escape : byte);
        } else if (isInside && byte === escape) isEscaped = true;
        else if (isInside) frame.push(byte);
      }
      this.#input = new Uint8Array(0);
      await this.#more(deadline);
    }
  }

  override flushInput(): void {
    this.#input = new Uint8Array(0);
  }

  override peek(): Uint8Array {
    return this.#input;
  }

  override inWaiting(): number {
    return this.#input.length;
  }

  override async drainInput(quietMs = 100): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, quietMs * this.#patience));
    this.flushInput();
  }

  override async disconnect(): Promise<void> {
    this.#isClosing = true;
    await this.#reading?.cancel().catch(() => {});
    await this.#port.close().catch(() => {});
  }

  /** Aborted, or the port is gone. */
  throwIfEnded(): void {
    if (this.#signal?.aborted) throw this.#signal.reason as Error;
    if (this.lost) throw this.lost;
  }

  #more(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const left = deadline - performance.now();
      const done = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.#wake = () => {};
          reject(new ESPError('no answer in time'));
        },
        Math.max(0, left),
      );
      this.#wake = done;
    });
  }
}
