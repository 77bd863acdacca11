import type { LogEntry } from '../panel-protocol.ts';

const capacity = 500;

/** The newest events, oldest first. Ids go on rising when old entries leave. */
export class EventLog {
  #entries: LogEntry[] = [];
  #nextId = 1;

  add(entry: Omit<LogEntry, 'id'>): LogEntry {
    const added = { ...entry, id: this.#nextId };
    this.#nextId += 1;
    this.#entries.push(added);
    if (this.#entries.length > capacity) this.#entries.shift();
    return added;
  }

  entries(): readonly LogEntry[] {
    return this.#entries;
  }
}
