/** The chip's loader: esptool-js's protocol, with reading and writing in blocks that are compared, written again and resumed. */
import { AncError, asAncError } from '@anc/link';
import { ESPLoader } from 'esptool-js';
import { viewOf } from './bytes.ts';
import { type Chip, chipOfFamily, sectorBytes } from './chips.ts';
import { FlashError } from './errors.ts';
import { LoaderTransport } from './loader-transport.ts';
import { md5 } from './md5.ts';
import type { WebPort } from './web-port.ts';

/** Written, verified and resumed at once: the largest block that a flash chip erases in one go. */
export const blockBytes = 0x10000;
const romBaud = 115_200;
const attempts = 3;
const statusProtectionBits = 0x1c;
const commands = { eraseRegion: 0xd1, setParameters: 0x0b } as const;

export interface LoaderOptions {
  readonly baudRate: number;
  readonly signal?: AbortSignal | undefined;
  readonly patience?: number | undefined;
}

type OnBytes = (done: number) => void;

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, i) => viewOf(bytes).setUint32(4 * i, value, true));
  return bytes;
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream();
  const packed = stream.pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export class Loader {
  readonly chip: Chip;
  readonly mac: string;
  readonly flashBytes: number;
  readonly #esp: ESPLoader;
  readonly #transport: LoaderTransport;
  readonly #port: WebPort;

  private constructor(
    esp: ESPLoader,
    transport: LoaderTransport,
    port: WebPort,
    known: { chip: Chip; mac: string; flashBytes: number },
  ) {
    this.#esp = esp;
    this.#transport = transport;
    this.#port = port;
    this.chip = known.chip;
    this.mac = known.mac;
    this.flashBytes = known.flashBytes;
  }

  /**
   * A byte lost on the way costs one try.
   * Errors: FLASH_NO_ANSWER, FLASH_CHIP_WRONG, FLASH_ENCRYPTED, FLASH_DISCONNECTED, FLASH_FAILED, those of the port.
   */
  static async connect(port: WebPort, options: LoaderOptions): Promise<Loader> {
    for (let left = attempts - 1; ; left -= 1) {
      try {
        return await Loader.#connectOnce(port, options);
      } catch (error) {
        if (left === 0 || (error as AncError).code !== 'FLASH_FAILED') throw error;
      }
    }
  }

  static async #connectOnce(port: WebPort, options: LoaderOptions): Promise<Loader> {
    const { signal, patience } = options;
    const transport = new LoaderTransport(port, { signal, patience });
    const hasLines = port.hasLines ?? true;
    const esp = new ESPLoader({
      transport,
      baudrate: hasLines ? options.baudRate : romBaud,
      romBaudrate: romBaud,
      terminal: { clean: () => {}, writeLine: () => {}, write: () => {} },
    });
    try {
      const chip = await Loader.#identify(esp, transport, hasLines);
      signal?.throwIfAborted();
      const mac = await esp.chip.readMac(esp);
      await Loader.#runStub(esp, chip, hasLines && options.baudRate !== romBaud);
      const flashBytes = await Loader.#flashBytes(esp);
      return new Loader(esp, transport, port, { chip, mac, flashBytes });
    } catch (error) {
      const failure = Loader.#failure(error, transport, 'connecting');
      await transport.disconnect();
      throw failure;
    }
  }

  static async #identify(
    esp: ESPLoader,
    transport: LoaderTransport,
    hasLines: boolean,
  ): Promise<Chip> {
    // Opening says what is wrong with the port itself; what fails behind it is the chip's silence.
    await transport.connect(romBaud);
    await transport.disconnect();
    try {
      await esp.connect(hasLines ? 'default_reset' : 'no_reset', hasLines ? 5 : 2);
    } catch (error) {
      // esptool-js takes whatever happens for silence.
      transport.throwIfEnded();
      if (error instanceof AncError) throw error;
      const { message } = error as Error;
      if (/unexpected chip/i.test(message))
        throw new FlashError('FLASH_CHIP_WRONG', `the chip is none that headsets have: ${message}`);
      throw new FlashError('FLASH_NO_ANSWER', 'no boot loader answers at this port', {
        cause: error,
      });
    }
    const chip = chipOfFamily(esp.chip.CHIP_NAME);
    if (!chip)
      throw new FlashError(
        'FLASH_CHIP_WRONG',
        `the chip is an ${esp.chip.CHIP_NAME}, which no headset has`,
      );
    return chip;
  }

  static async #runStub(esp: ESPLoader, chip: Chip, changesBaud: boolean): Promise<void> {
    if (chip.family !== 'ESP32') {
      const { flashCryptCnt, parsedFlags } = await esp.getSecurityInfo();
      const ones = [...flashCryptCnt.toString(2)].filter((bit) => bit === '1').length;
      if (parsedFlags['SECURE_DOWNLOAD_ENABLE'] || ones % 2 === 1)
        throw new FlashError('FLASH_ENCRYPTED', 'the chip is locked: its flash is encrypted');
    }
    await esp.chip.postConnect?.(esp);
    await esp.runStub();
    if (!esp.IS_STUB) throw new FlashError('FLASH_FAILED', 'the loader program did not start');
    if (changesBaud) await esp.changeBaud();
    await esp.flashSpiAttach(0);
  }

  static async #flashBytes(esp: ESPLoader): Promise<number> {
    const id = await esp.readFlashId();
    // The third byte of a JEDEC id is the size as a power of two.
    const log2 = (id >>> 16) & 0xff;
    if (log2 < 0x12 || log2 > 0x1c)
      throw new FlashError(
        'FLASH_FAILED',
        `the flash chip does not answer (id 0x${id.toString(16)})`,
      );
    const size = 2 ** log2;
    const parameters = words(0, size, 0x10000, sectorBytes, 256, 0xffff);
    await esp.checkCommand('set the flash size', commands.setParameters, parameters);
    return size;
  }

  /** Errors: FLASH_DISCONNECTED, FLASH_FAILED. */
  async read(offset: number, size: number, onBytes?: OnBytes): Promise<Uint8Array> {
    return this.#again(`reading 0x${offset.toString(16)}`, async () => {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += sectorBytes) {
        const length = Math.min(sectorBytes, size - at);
        bytes.set(await this.#readSector(offset + at, length), at);
        onBytes?.(at + length);
      }
      if ((await this.#esp.flashMd5sum(offset, size)) !== md5(bytes))
        throw new Error('what was read differs from what the chip has');
      return bytes;
    });
  }

  md5(offset: number, size: number): Promise<string> {
    return this.#again('comparing', () => this.#esp.flashMd5sum(offset, size));
  }

  /** Erases whole sectors. */
  erase(offset: number, size: number): Promise<void> {
    return this.#again(`erasing 0x${offset.toString(16)}`, async () => {
      await this.#esp.checkCommand(
        'erase',
        commands.eraseRegion,
        words(offset, size),
        0,
        0,
        3000 + size / 32,
      );
    });
  }

  /**
   * Writes one block of at most 64 KB, compressed, and compares; false when it was there already.
   * `onBegin` is called before the first byte of it goes.
   * Errors: FLASH_DISCONNECTED, FLASH_FAILED, FLASH_VERIFY_FAILED, FLASH_WRITE_PROTECTED.
   */
  async writeBlock(offset: number, bytes: Uint8Array, onBegin?: () => void): Promise<boolean> {
    const wanted = md5(bytes);
    if ((await this.md5(offset, bytes.length)) === wanted) return false;
    const packed = await deflated(bytes);
    onBegin?.();
    await this.#again(`writing 0x${offset.toString(16)}`, async () => {
      await this.#esp.flashDeflBegin(bytes.length, packed.length, offset);
      const step = this.#esp.FLASH_WRITE_SIZE;
      for (let at = 0, sequence = 0; at < packed.length; at += step, sequence += 1)
        await this.#data(packed.subarray(at, at + step), sequence);
      await this.#esp.flashDeflFinish(false);
      const found = await this.#esp.flashMd5sum(offset, bytes.length);
      if (found !== wanted) throw await this.#whyDifferent(offset, bytes.length);
    });
    return true;
  }

  /** Leaves the loader; the firmware starts. */
  async reset(): Promise<void> {
    this.#transport.ignoreAbort();
    if (this.#port.hasLines ?? true) {
      await this.#port.setSignals({ dataTerminalReady: false, requestToSend: true });
      await wait(100);
      await this.#port.setSignals({ dataTerminalReady: false, requestToSend: false });
      return;
    }
    // Without lines the loader itself restarts the chip.
    await this.#esp.flashBegin(0, 0);
    await this.#esp.flashFinish(true);
  }

  close(): Promise<void> {
    return this.#transport.disconnect();
  }

  async #readSector(offset: number, length: number): Promise<Uint8Array> {
    const maxUnacknowledged = 1;
    const request = words(offset, length, sectorBytes, maxUnacknowledged);
    await this.#esp.checkCommand('read', this.#esp.ESP_READ_FLASH, request);
    const bytes = await this.#transport.read(3000);
    await this.#transport.write(words(bytes.length));
    const digest = await this.#transport.read(3000);
    if (bytes.length !== length || digest.length !== 16)
      throw new Error(`${bytes.length} bytes arrived instead of ${length}`);
    return bytes;
  }

  async #data(bytes: Uint8Array, sequence: number): Promise<void> {
    const packet = new Uint8Array(16 + bytes.length);
    packet.set(words(bytes.length, sequence, 0, 0));
    packet.set(bytes, 16);
    // The loader answers when it has the block and writes while the next one comes: 64 KB may have to be erased.
    await this.#esp.checkCommand(
      'write',
      this.#esp.ESP_FLASH_DEFL_DATA,
      packet,
      this.#esp.checksum(bytes),
      0,
      6000,
    );
  }

  async #whyDifferent(offset: number, size: number): Promise<FlashError> {
    const where = `0x${offset.toString(16)} to 0x${(offset + size).toString(16)}`;
    const status = await this.#esp.runSpiflashCommand(0x05, new Uint8Array(0), 8);
    return status & statusProtectionBits
      ? new FlashError('FLASH_WRITE_PROTECTED', `the flash chip did not take ${where}`)
      : new FlashError('FLASH_VERIFY_FAILED', `what was written to ${where} is not there`);
  }

  /** A lost or damaged byte costs one try; a lost port, a protected chip and an abort end it. */
  async #again<T>(what: string, action: () => Promise<T>): Promise<T> {
    for (let left = attempts - 1; ; left -= 1) {
      try {
        return await action();
      } catch (error) {
        const isFinal = error instanceof AncError && error.code !== 'FLASH_VERIFY_FAILED';
        if (left === 0 || isFinal || this.#transport.lost)
          throw Loader.#failure(error, this.#transport, what);
        await this.#transport.drainInput();
      }
    }
  }

  static #failure(error: unknown, transport: LoaderTransport, what: string): AncError {
    if (error instanceof AncError) return error;
    if (transport.lost)
      return new FlashError(
        'FLASH_DISCONNECTED',
        `the connection broke while ${what}: ${transport.lost.message}`,
        { cause: transport.lost },
      );
    return new FlashError('FLASH_FAILED', `${what} failed: ${asAncError(error).message}`, {
      cause: error,
    });
  }
}
