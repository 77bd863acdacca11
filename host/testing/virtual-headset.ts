/** Virtual headsets for tests: at one TCP port or one pty, to be killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { virtualHeadsetProgram } from '../transports/index.ts';

function isBuilt(): boolean {
  try {
    return existsSync(virtualHeadsetProgram());
  } catch {
    return false;
  }
}

/** Why tests that need it are skipped; false when it is there. */
export const VIRTUAL_MISSING: string | false = isBuilt() ? false : 'anc-virtual is not built';

export class VirtualHeadset {
  readonly folder = mkdtempSync(join(tmpdir(), 'anc-test-'));
  readonly store = join(this.folder, 'store');
  readonly pty = join(this.folder, 'headset.pty');
  tcp = '';
  #options: readonly string[];
  #child: ChildProcess | null = null;

  constructor(options: readonly string[] = []) {
    this.#options = options;
  }

  get tcpUri(): string {
    return `tcp://${this.tcp}`;
  }

  get ptyUri(): string {
    return `pty:${this.pty}`;
  }

  async start(more: readonly string[] = []): Promise<this> {
    const port = this.tcp.split(':')[1] ?? '0';
    const own = [
      `--tcp=${port}`,
      `--pty=${this.pty}`,
      `--store=${this.store}`,
      '--exit-with-stdin',
    ];
    const child = spawn(virtualHeadsetProgram(), [...own, ...this.#options, ...more], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.tcp = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`anc-virtual ended with ${code}`)));
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const { event, tcp } = JSON.parse(line) as { event: string; tcp: string };
        if (event === 'listening') resolve(tcp);
      });
    });
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
