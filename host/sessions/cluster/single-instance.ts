import type { Cluster } from './cluster.ts';

/** There is no other instance: what this one runs is all that runs. */
export class SingleInstance implements Cluster {
  readonly #running = new Set<string>();

  serve(): void {}

  opened(sessionId: string): void {
    this.#running.add(sessionId);
  }

  closed(sessionId: string): void {
    this.#running.delete(sessionId);
  }

  async ownerOf(): Promise<null> {
    return null;
  }

  async running(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(sessionIds.filter((id) => this.#running.has(id)));
  }

  async ask(): Promise<null> {
    return null;
  }

  async askOthers(): Promise<[]> {
    return [];
  }

  async close(): Promise<void> {}
}
