import type { ParameterState } from '../panel-protocol.ts';

/** The last known state of every parameter; tells what a new reading changed. */
export class ParameterMirror {
  #states = new Map<string, ParameterState>();

  all(): ParameterState[] {
    return [...this.#states.values()];
  }

  get(name: string): ParameterState | undefined {
    return this.#states.get(name);
  }

  clear(): void {
    this.#states.clear();
  }

  /** The parameters among `states` that differ from before. */
  update(states: readonly ParameterState[]): ParameterState[] {
    const changed = states.filter((next) => {
      const old = this.#states.get(next.name);
      return !old || old.value !== next.value || old.stored !== next.stored;
    });
    for (const next of changed) this.#states.set(next.name, next);
    return changed;
  }
}
