import { type ChildProcess, spawn } from 'node:child_process';
import { AncError } from '@anc/link';

export interface ProgramOptions {
  /** for people */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** another user to run as; for root alone */
  readonly user?: string | null;
  /** asks it to end in order */
  readonly stopSignal?: NodeJS.Signals;
  /** It has ended, and nobody had asked it to. */
  readonly onLost?: (exit: string) => void;
}

const lastWords = 4000;

/**
 * A server of our own on this machine. It is in a process group of its own, so that Ctrl-C does not reach it past the order
 * of the stop, and ends with this process however that ends.
 */
export class LocalProgram {
  readonly #options: ProgramOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #said = '';
  #isStopping = false;

  constructor(options: ProgramOptions) {
    const { command, args, env = {}, user = null, stopSignal = 'SIGTERM' } = options;
    this.#options = options;
    const as = user === null ? [] : [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const guard = ['--pdeathsig', stopSignal.slice(3), ...as, command, ...args];
    this.#child = spawn('setpriv', guard, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, ...env },
    });
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString()).slice(-lastWords);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#said += error.message;
        resolve();
      });
      this.#child.once('exit', (code, signal) => {
        resolve();
        if (!this.#isStopping) options.onLost?.(signal ?? `code ${code}`);
      });
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || !this.#child.pid;
  }

  /** @throws AncError LOCAL_PROGRAM_FAILED with its last words */
  async until(isReady: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
    const startMs = performance.now();
    for (;;) {
      if (await isReady().catch(() => false)) return;
      const late = performance.now() - startMs > withinMs;
      if (this.hasEnded || late) {
        const what = late ? `is not ready after ${withinMs / 1000} s` : 'does not start';
        throw new AncError(
          'LOCAL_PROGRAM_FAILED',
          `${this.#options.name} ${what}: ${this.#said.trim() || 'it said nothing'}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** In order; when the time is over, at once. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#isStopping = true;
    if (this.hasEnded) return;
    signal.addEventListener('abort', () => this.#child.kill('SIGKILL'), { once: true });
    this.#child.kill(this.#options.stopSignal ?? 'SIGTERM');
    await this.#ended;
  }
}
