/** Memory-mapped registers: what the efuses say, what was written, and the SPI controller in front of the flash. */
import type { Identity } from './identities.ts';
import type { NorFlash } from './nor-flash.ts';

const magicAddress = 0x40001000;
const userCommand = 1 << 18;

export class Registers {
  readonly #identity: Identity;
  readonly #flash: NorFlash;
  readonly #fixed: ReadonlyMap<number, number>;
  readonly #written = new Map<number, number>();

  constructor(identity: Identity, flash: NorFlash, mac: Uint8Array) {
    this.#identity = identity;
    this.#flash = flash;
    this.#fixed = identity.registers(mac);
  }

  read(address: number): number {
    if (address === magicAddress) return this.#identity.magic;
    return (this.#fixed.get(address) ?? this.#written.get(address) ?? 0) >>> 0;
  }

  write(address: number, value: number, mask = 0xffffffff): void {
    this.#written.set(address, ((this.read(address) & ~mask) | (value & mask)) >>> 0);
    if (address === this.#identity.spiBase && value & userCommand) this.#runUserCommand();
  }

  /** A reset forgets what was written. */
  clear(): void {
    this.#written.clear();
  }

  #runUserCommand(): void {
    const { spiBase, spi } = this.#identity;
    const command = this.read(spiBase + spi.usr2) & 0xff;
    const bits = this.read(spiBase + spi.misoLength) + 1;
    const answer = this.#answer(command, this.read(spiBase + 4));
    this.#written.set(spiBase + spi.w0, bits >= 32 ? answer >>> 0 : answer & ((1 << bits) - 1));
    this.#written.set(spiBase, 0);
  }

  #answer(command: number, addressRegister: number): number {
    if (command === 0x9f) return this.#flash.jedecId;
    if (command === 0x05) return this.#flash.status;
    if (command !== 0x5a) return 0;
    // Some controllers hold the 24-bit address in the upper bits.
    const address = addressRegister > 0xffffff ? addressRegister >>> 8 : addressRegister;
    return new DataView(this.#flash.sfdp.buffer).getUint32(address & 0xfc, true);
  }
}
