/** An emulated chip: reset and boot pins, the loader in ROM, the stub in RAM, the flash, and what the flash starts. */
import { boot, type BootResult } from './boot.ts';
import { type Fault, Faults, type FaultKind } from './faults.ts';
import { type Identity, identityOf } from './identities.ts';
import { NorFlash } from './nor-flash.ts';
import { parseCommand } from './protocol.ts';
import { Registers } from './registers.ts';
import { Rom } from './rom.ts';
import { slipFrame, SlipReader } from './slip.ts';
import { Stub } from './stub.ts';
import type { LoaderProgram, Target } from './target.ts';

/** The firmware behind the serial line, once the chip has started it. */
export interface RunningFirmware {
  receive(bytes: Uint8Array): void;
  stop(): void;
}

export type StartFirmware = (
  started: BootResult & { starts: true },
  flash: NorFlash,
  send: (bytes: Uint8Array) => void,
) => RunningFirmware;

export interface ChipOptions {
  readonly chip: string;
  readonly sizeBytes: number;
  readonly path?: string;
  readonly mac?: Uint8Array;
  readonly faults?: readonly Fault[];
  readonly isProtected?: boolean;
  readonly isEncrypted?: boolean;
  /** The boot button is held at power-on. */
  readonly download?: boolean;
  /** How the control lines reach the chip: two transistors behind an USB bridge, or the chip's own USB. */
  readonly lines?: 'bridge' | 'usb';
  readonly startFirmware?: StartFirmware;
}

/** One side of a serial line. */
export interface Wire {
  send(bytes: Uint8Array): void;
  disconnect(): void;
}

const romBaud = 115_200;
const releaseMs = 10;
const defaultMac = Uint8Array.of(0x7c, 0xdf, 0xa1, 0x00, 0x12, 0x34);

export class EmulatedChip {
  readonly identity: Identity;
  readonly flash: NorFlash;
  faults: Faults;
  /** Baud rate of its UART; null where the host's is not known. */
  baudRate = romBaud;
  started: BootResult | null = null;
  onProgress: (() => void) | undefined;
  readonly #options: ChipOptions;
  readonly #registers: Registers;
  readonly #slip = new SlipReader();
  #wire: Wire | null = null;
  #loader: LoaderProgram | null = null;
  #firmware: RunningFirmware | null = null;
  #hostBaud: number | null = null;
  #isHanging = false;
  #lines = { dtr: false, rts: false };
  #usbWantsDownload = false;
  #release: NodeJS.Timeout | undefined;

  constructor(options: ChipOptions) {
    this.#options = options;
    this.identity = identityOf(options.chip);
    this.flash = new NorFlash(options);
    this.#registers = new Registers(this.identity, this.flash, options.mac ?? defaultMac);
    this.faults = new Faults(options.faults);
    this.reset(options.download ?? false);
  }

  get isConnected(): boolean {
    return this.#wire !== null;
  }

  isConnectedTo(wire: Wire): boolean {
    return this.#wire === wire;
  }

  /** Plugs a host in; an earlier one is cut off. */
  connect(wire: Wire): void {
    this.#wire?.disconnect();
    this.#wire = wire;
    this.#lines = { dtr: false, rts: false };
    this.#hostBaud = null;
  }

  disconnected(wire: Wire): void {
    if (this.#wire === wire) this.#wire = null;
  }

  /** The rate at which the host sends, where the line knows it. */
  setHostBaud(baudRate: number): void {
    this.#hostBaud = baudRate;
  }

  setLines(lines: { dtr?: boolean; rts?: boolean }): void {
    const before = this.#lines;
    const now = { ...before, ...lines };
    this.#lines = now;
    if (this.#options.lines === 'usb') {
      // USB Serial/JTAG: DTR alone asks for the loader, RTS alone resets.
      if (now.dtr && !now.rts) this.#usbWantsDownload = true;
      if (!now.dtr && !now.rts) this.#usbWantsDownload = false;
      if (now.rts && !now.dtr && (before.dtr || !before.rts)) this.reset(this.#usbWantsDownload);
      return;
    }
    // Two transistors: RTS alone holds the chip in reset, DTR alone pulls the boot pin.
    const isHeld = now.rts && !now.dtr;
    const wasHeld = before.rts && !before.dtr;
    if (isHeld && !wasHeld) {
      clearTimeout(this.#release);
      this.#stop();
    }
    // A capacitor lets the chip go a little later: tools that move one line after the other count on it.
    if (wasHeld && !isHeld)
      this.#release = setTimeout(() => this.reset(this.#lines.dtr && !this.#lines.rts), releaseMs);
  }

  /** Also what a power cycle does. */
  reset(download: boolean): void {
    this.#stop();
    this.#isHanging = false;
    this.baudRate = romBaud;
    this.#registers.clear();
    this.#slip.reset();
    const { banner, downloadMode, runMode } = this.identity;
    this.#say(banner + (download ? downloadMode : runMode));
    if (download) {
      this.#loader = new Rom(this.#target());
      return;
    }
    this.started = boot(this.flash, this.identity);
    this.#say(`${this.started.log}\r\n`);
    if (this.started.starts)
      this.#firmware =
        this.#options.startFirmware?.(this.started, this.flash, (bytes) => this.#send(bytes)) ??
        null;
  }

  receive(bytes: Uint8Array): void {
    const { bytes: passed, then } = this.faults.line('in', this.#garbled(bytes));
    if (this.#firmware) this.#firmware.receive(passed);
    else if (this.#loader)
      for (const byte of passed) {
        const frame = this.#isHanging ? null : this.#slip.push(byte);
        if (frame) this.#frame(frame);
      }
    if (then) this.#strike(then);
  }

  close(): void {
    this.#stop();
    this.#wire?.disconnect();
    this.flash.close();
  }

  #frame(frame: Uint8Array): void {
    const command = parseCommand(frame);
    if (!command) return this.#loader?.other?.(frame);
    if (this.#strike(this.faults.next('step'))) return;
    const before = this.flash.programmed;
    this.#loader?.handle(command);
    const grown = this.flash.programmed - before;
    if (grown > 0) {
      this.#strike(this.faults.next('written', grown));
      this.onProgress?.();
    }
  }

  #strike(kind: FaultKind | null): boolean {
    if (kind === 'hang') this.#isHanging = true;
    if (kind === 'disconnect') {
      const wire = this.#wire;
      this.#wire = null;
      wire?.disconnect();
    }
    return kind !== null;
  }

  /** Bytes sent at another rate arrive as others. */
  #garbled(bytes: Uint8Array): Uint8Array {
    const isWrong =
      this.#loader !== null && this.#hostBaud !== null && this.#hostBaud !== this.baudRate;
    return isWrong ? bytes.map((byte) => byte ^ 0xa5) : bytes;
  }

  #target(): Target {
    return {
      identity: this.identity,
      flash: this.flash,
      registers: this.#registers,
      isEncrypted: this.#options.isEncrypted ?? false,
      reply: (frame) => {
        if (!this.#strike(this.faults.next('reply'))) this.#send(slipFrame(frame));
      },
      setBaud: (baudRate) => void (this.baudRate = baudRate),
      startStub: () => {
        this.#loader = new Stub(this.#target());
        this.#send(slipFrame(new TextEncoder().encode('OHAI')));
      },
      restart: () => this.reset(false),
    };
  }

  #say(text: string): void {
    this.#send(new TextEncoder().encode(text));
  }

  #send(bytes: Uint8Array): void {
    if (this.#isHanging || !this.#wire) return;
    const { bytes: passed, then } = this.faults.line('out', bytes);
    if (passed.length > 0) this.#wire.send(passed);
    if (then) this.#strike(then);
  }

  #stop(): void {
    clearTimeout(this.#release);
    this.#firmware?.stop();
    this.#firmware = null;
    this.#loader = null;
  }
}
