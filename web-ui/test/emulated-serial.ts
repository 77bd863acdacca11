/** `navigator.serial` in a page, with the emulated chip of this process behind it. The page's own policy stays in force. */
import type { Page } from 'playwright-core';
import type { EmulatedChip, Wire } from '../../host/testing/rom-loader/chip.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** In the page: a port as browsers have it, without a way to change the rate of an open port. */
function install(): void {
  interface Bridge {
    chipOpen(baudRate: number): Promise<void>;
    chipClose(): Promise<void>;
    chipSend(text: string): Promise<void>;
    chipLines(lines: { dtr?: boolean; rts?: boolean }): Promise<void>;
    chipData(text: string): void;
    chipLost(): void;
  }
  const bridge = globalThis as unknown as Bridge;
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let readable: ReadableStream<Uint8Array> | null = null;
  let writable: WritableStream<Uint8Array> | null = null;
  bridge.chipData = (text) =>
    controller?.enqueue(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  bridge.chipLost = () => {
    controller?.error(new DOMException('The device has been lost.', 'NetworkError'));
    controller = null;
  };
  const port = {
    get readable() {
      return readable;
    },
    get writable() {
      return writable;
    },
    getInfo: () => ({}),
    open: async ({ baudRate }: { baudRate: number }) => {
      if (readable) throw new DOMException('The port is already open.', 'InvalidStateError');
      readable = new ReadableStream({
        start: (it) => void (controller = it),
        cancel: () => void (controller = null),
      });
      writable = new WritableStream({
        write: (bytes) => bridge.chipSend(btoa(String.fromCharCode(...bytes))),
      });
      await bridge.chipOpen(baudRate);
    },
    close: async () => {
      if (readable?.locked || writable?.locked) throw new TypeError('a stream is locked');
      await bridge.chipClose();
      readable = writable = controller = null;
    },
    setSignals: (signals: { dataTerminalReady?: boolean; requestToSend?: boolean }) =>
      bridge.chipLines({
        ...(signals.dataTerminalReady === undefined ? {} : { dtr: signals.dataTerminalReady }),
        ...(signals.requestToSend === undefined ? {} : { rts: signals.requestToSend }),
      }),
  };
  Object.defineProperty(navigator, 'serial', { value: { requestPort: async () => port } });
}

/** `current` gives the chip that is plugged in when the page opens its port, and whether its line takes its time. */
export async function emulateSerial(
  page: Page,
  current: () => { chip: EmulatedChip; isSlow: boolean },
): Promise<void> {
  let { chip, isSlow } = current();
  let rate = 0;
  const call = (name: 'chipData' | 'chipLost', text = '') =>
    void page
      .evaluate(
        ([of, value]) =>
          (globalThis as unknown as Record<string, (v: string) => void>)[of!]!(value!),
        [name, text],
      )
      .catch(() => {});
  let wire: Wire | null = null;
  await page.exposeFunction('chipOpen', (baudRate: number) => {
    ({ chip, isSlow } = current());
    rate = baudRate;
    const own: Wire = {
      send: (bytes) => call('chipData', base64(bytes)),
      disconnect: () => wire === own && call('chipLost'),
    };
    wire = own;
    chip.connect(own);
    chip.setHostBaud(baudRate);
  });
  await page.exposeFunction('chipClose', () => {
    if (wire) chip.disconnected(wire);
    wire = null;
  });
  await page.exposeFunction('chipSend', async (text: string) => {
    const bytes = Buffer.from(text, 'base64');
    // Ten bits a byte.
    if (isSlow) await new Promise((resolve) => setTimeout(resolve, (10_000 * bytes.length) / rate));
    chip.receive(bytes);
  });
  await page.exposeFunction('chipLines', (lines: { dtr?: boolean; rts?: boolean }) =>
    chip.setLines(lines),
  );
  await page.addInitScript(install);
}
