import type PgBoss from 'pg-boss';
import type { Logger } from '../logging/index.ts';
import type { AnyJobDefinition } from './job-definition.ts';
import { send } from './pg-job-queue.ts';

const lookMs = 60_000;

/**
 * Asks for the jobs of the server itself. Time is cut into slots of `everySeconds`, and the queue takes one job a slot,
 * whichever instance is first: a server that was down in the night makes up for it when it starts.
 */
export class Scheduler {
  readonly #boss: PgBoss;
  readonly #definitions: readonly AnyJobDefinition[];
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | null = null;
  /** why the last look failed; null: it did not */
  fault: string | null = null;

  constructor(boss: PgBoss, definitions: readonly AnyJobDefinition[], logger: Logger) {
    this.#boss = boss;
    this.#definitions = definitions.filter(({ everySeconds }) => everySeconds !== undefined);
    this.#logger = logger;
  }

  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), lookMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  async look(): Promise<void> {
    for (const definition of this.#definitions) {
      try {
        const order = { userId: null, role: null, subjectId: null };
        const { everySeconds } = definition;
        const jobId = await send(this.#boss, definition, order, 'clock', everySeconds);
        if (jobId) this.#logger.info({ job: definition.kind, jobId }, 'scheduled');
        this.fault = null;
      } catch (err) {
        this.fault = (err as Error).message;
        this.#logger.warn(
          { err, job: definition.kind },
          'could not be scheduled; tried again in a minute',
        );
      }
    }
  }
}
