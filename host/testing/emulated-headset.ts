/** Emulated chips for tests: at one TCP port, with one flash, to be killed and started again. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatedImage, type Isa, startEmulatedChip } from '../transports/index.ts';

function whatIsMissing(): string | false {
  const qemu = process.env['ANC_QEMU'] ?? 'qemu-system-riscv32';
  if (spawnSync(qemu, ['--version']).status !== 0) return `${qemu} cannot be started`;
  try {
    emulatedImage('rv32imc');
    return false;
  } catch {
    return 'the images for emulated chips are not built';
  }
}

/** Why tests that need it are skipped; false when it is there. */
export const EMULATED_MISSING = whatIsMissing();

export class EmulatedHeadset {
  readonly folder = mkdtempSync(join(tmpdir(), 'anc-test-'));
  readonly flash = join(this.folder, 'flash');
  #isa: Isa;
  #options: readonly (readonly [string, string | null])[];
  #child: ChildProcess | null = null;
  #address = '127.0.0.1:0';

  constructor(isa: Isa, options: readonly (readonly [string, string | null])[] = []) {
    this.#isa = isa;
    this.#options = options;
  }

  get tcpUri(): string {
    return `tcp://${this.#address}`;
  }

  /** It runs from its first connection on. */
  async start(): Promise<this> {
    const port = this.#address.split(':')[1]!;
    const own = [['tcp', port] as const, ['flash', this.flash] as const];
    const { child, address } = await startEmulatedChip(this.#isa, [...own, ...this.#options]);
    this.#child = child;
    this.#address = address;
    return this;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    return ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
