import type { Redis } from 'ioredis';
import type { Logger } from '../logging/index.ts';
import type { Cluster, Handlers } from './cluster.ts';
import { RedisBus } from './redis-bus.ts';
import { SessionRegistry } from './session-registry.ts';

export interface RedisClusterOptions {
  readonly redis: Redis;
  readonly instance: string;
  readonly log: Logger;
  readonly beatMs?: number;
  readonly expireMs?: number;
}

/** Several instances with one Redis. While that is away, each goes on with what it runs. */
export class RedisCluster implements Cluster {
  readonly #instance: string;
  readonly #bus: RedisBus;
  readonly #registry: SessionRegistry;
  #lost: (sessionId: string) => void = () => {};
  readonly ask: Cluster['ask'];
  readonly askOthers: Cluster['askOthers'];

  constructor(options: RedisClusterOptions) {
    const { redis, instance, log } = options;
    this.#instance = instance;
    this.#bus = new RedisBus(redis, instance, log);
    this.#registry = new SessionRegistry({ ...options, lost: (id) => this.#lost(id) });
    redis.on('ready', () => void this.#registry.beat());
    this.ask = (...question) => this.#bus.ask(...question);
    this.askOthers = (...question) => this.#bus.askOthers(...question);
  }

  serve(handlers: Handlers, lost: (sessionId: string) => void): void {
    this.#lost = lost;
    this.#bus.serve(handlers);
  }

  opened(sessionId: string): void {
    this.#registry.opened(sessionId);
  }

  closed(sessionId: string): void {
    this.#registry.closed(sessionId);
  }

  async ownerOf(sessionId: string): Promise<string | null> {
    const [owner = null] = await this.#registry.ownersOf([sessionId]);
    return owner === this.#instance ? null : owner;
  }

  async running(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const owners = await this.#registry.ownersOf(sessionIds);
    return new Set(sessionIds.filter((_, i) => owners[i] !== null));
  }

  async close(): Promise<void> {
    this.#registry.close();
    this.#bus.close();
  }
}
