/** Runs a task again and again, never twice at once: the pause counts from the end of the last run. */
export class Repeater {
  #intervalMs: number;
  #task: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Invalidates the run that was under way when it was stopped. */
  #generation = 0;

  constructor(intervalMs: number, task: () => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#task = task;
  }

  start(): void {
    this.stop();
    const generation = this.#generation;
    const run = async () => {
      await this.#task();
      if (generation === this.#generation) this.#timer = setTimeout(run, this.#intervalMs);
    };
    this.#timer = setTimeout(run, this.#intervalMs);
  }

  stop(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
  }
}
