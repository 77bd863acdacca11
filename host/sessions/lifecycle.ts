import type { Logger } from './logging/index.ts';

/** One part of an ordered stop. */
export interface StopStep {
  readonly name: string;
  /** `signal` is aborted when the step's time is over or somebody forces the stop: give up then, at once. */
  stop(signal: AbortSignal): Promise<void> | void;
  /** most that the step may take of what is left, ms; without it, all of that */
  readonly atMostMs?: number;
}

export interface LifecycleOptions {
  /** for all steps together, ms */
  readonly deadlineMs: number;
  readonly logger: Logger;
}

export interface StopReport {
  readonly reason: string;
  readonly elapsedMs: number;
  /** in the order of the stop */
  readonly steps: readonly { name: string; outcome: StepOutcome; elapsedMs: number }[];
  /** 0: all steps ended by themselves; 1: one failed or ran out of time; 130: forced by a second signal */
  readonly exitCode: 0 | 1 | 130;
}

export type StepOutcome = 'done' | 'failed' | 'late' | 'forced';

/** What a step has when the deadline is over: closing a database takes less, and nobody waits longer. */
const graceMs = 250;

/**
 * The ordered stop of a server. Steps run in the order in which they were added:
 * no new sessions → live sessions drained → jobs stopped → database closed → log written out.
 * Every step runs, whatever became of those before it: a session that does not end must not leave a database open.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #steps: StopStep[] = [];
  readonly #force = new AbortController();
  #stopping: Promise<StopReport> | null = null;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  add(step: StopStep): this {
    this.#steps.push(step);
    return this;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  /** The first call decides on the reason; all get the same report. */
  stop(reason: string): Promise<StopReport> {
    this.#stopping ??= this.#run(reason);
    return this.#stopping;
  }

  /** Ends the wait for the step that runs, and for those after it. */
  force(): void {
    this.#force.abort(new Error('forced'));
  }

  /**
   * SIGTERM and SIGINT stop; a second one forces. `exit` is called once, with the report's code.
   * @returns takes the handlers away again
   */
  onSignals(
    exit: (code: number) => void = (code) => process.exit(code),
    signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
  ): () => void {
    const handle = (signal: NodeJS.Signals) => {
      if (this.isStopping) {
        this.#options.logger.warn({ signal }, 'a second signal: the stop is forced');
        this.force();
        return;
      }
      void this.stop(signal).then(({ exitCode }) => exit(exitCode));
    };
    for (const signal of signals) process.on(signal, handle);
    return () => signals.forEach((signal) => process.off(signal, handle));
  }

  async #run(reason: string): Promise<StopReport> {
    const { deadlineMs, logger } = this.#options;
    const start = performance.now();
    logger.info({ reason, deadlineMs }, 'stopping');
    const steps: StopReport['steps'][number][] = [];
    for (const step of this.#steps) {
      const from = performance.now();
      const leftMs = Math.max(graceMs, deadlineMs - (from - start));
      const outcome = await this.#step(step, Math.min(leftMs, step.atMostMs ?? leftMs));
      steps.push({ name: step.name, outcome, elapsedMs: performance.now() - from });
    }
    const exitCode = this.#force.signal.aborted
      ? 130
      : steps.every(({ outcome }) => outcome === 'done')
        ? 0
        : 1;
    return { reason, elapsedMs: performance.now() - start, steps, exitCode };
  }

  async #step(step: StopStep, timeMs: number): Promise<StepOutcome> {
    const log = this.#options.logger.child({ step: step.name });
    const own = new AbortController();
    const late = Symbol('late');
    // once forced, the other steps still run, each within the grace
    const forced = this.#force.signal.aborted;
    const limitMs = forced ? graceMs : timeMs;
    let timer: NodeJS.Timeout | undefined;
    let onForce = () => {};
    const over = new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), limitMs);
      onForce = () => resolve(late);
      if (!forced) this.#force.signal.addEventListener('abort', onForce, { once: true });
    });
    try {
      const work = Promise.resolve().then(() => step.stop(own.signal));
      // it may still fail after nobody waits for it
      work.catch(
        (err: unknown) => own.signal.aborted && log.debug({ err }, 'failed after its time'),
      );
      if ((await Promise.race([work, over])) !== late) return 'done';
      own.abort(new Error(`${step.name}: its time to stop is over`));
      const outcome = this.#force.signal.aborted ? 'forced' : 'late';
      log.warn({ outcome, limitMs }, 'did not stop in time');
      return outcome;
    } catch (err) {
      log.error({ err }, 'failed to stop');
      return 'failed';
    } finally {
      clearTimeout(timer);
      this.#force.signal.removeEventListener('abort', onForce);
    }
  }
}
