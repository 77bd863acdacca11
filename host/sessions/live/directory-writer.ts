import type { LiveLog, LiveMetrics } from './live-metrics.ts';

/** ends that could not be written wait for the directory to come back */
const mostUnwritten = 10_000;

/** What goes from the sessions to the directory, whose trouble is never the audio’s: it is counted and logged. */
export class DirectoryWriter {
  readonly #metrics: LiveMetrics;
  readonly #log: LiveLog;
  readonly #unwritten = new Map<string, () => Promise<void>>();

  constructor(metrics: LiveMetrics, log: LiveLog) {
    this.#metrics = metrics;
    this.#log = log;
  }

  async tell(what: string, call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      const { message: reason } = error as Error;
      this.#metrics.error('DIRECTORY_FAILED', 1);
      this.#log.warn({ code: 'DIRECTORY_FAILED', what, reason }, 'not recorded');
    }
  }

  /** The end of a session; when it fails `retry` tries again, until it is written or the session is opened again. */
  async end(sessionId: string, write: () => Promise<void>): Promise<void> {
    if (this.#unwritten.size < mostUnwritten) this.#unwritten.set(sessionId, write);
    await this.tell('ended', async () => {
      await write();
      if (this.#unwritten.get(sessionId) === write) this.#unwritten.delete(sessionId);
    });
  }

  reopened(sessionId: string): void {
    this.#unwritten.delete(sessionId);
  }

  retry(): void {
    for (const [id, write] of this.#unwritten) void this.end(id, write);
  }
}
