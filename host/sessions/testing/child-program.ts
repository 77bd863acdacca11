import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** Why tests that need a program are skipped; false when it is there. */
export function missing(program: string): string | false {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], {
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  return found.status === 0 ? false : `${program} is not installed`;
}

/** A server of the system under test: its output is kept for the message of a failure, its end is waited for. */
export class ChildProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    const keep = (chunk: Buffer) =>
      (this.#output = (this.#output + chunk.toString()).slice(-20_000));
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  get output(): string {
    return this.#output;
  }

  /** @throws with the program's output when it ends before, or the time is over */
  async until(isReady: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
    const start = Date.now();
    while (!(await isReady().catch(() => false))) {
      if (this.#child.exitCode !== null || Date.now() - start > timeoutMs)
        throw new Error(`${this.#child.spawnfile} is not ready:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill(signal);
    await this.#ended;
  }
}
