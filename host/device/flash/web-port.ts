/** A serial port in the shape of Web Serial: a browser's own, or one of Node's in the same form. */
export interface WebPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: {
    dataTerminalReady?: boolean;
    requestToSend?: boolean;
    break?: boolean;
  }): Promise<void>;
  getInfo(): { usbVendorId?: number; usbProductId?: number };
  /** Where the rate can change without opening the port again. */
  setBaudRate?(baudRate: number): Promise<void>;
  /** False where nothing reaches the chip's reset and boot pins, as over TCP. Absent: true. */
  readonly hasLines?: boolean;
}
