import { chunkSamples, sampleRateHz } from '../protocol/index.ts';
import { nowMs } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** What users and addresses may do beyond one connection's own limit. Chunks are asked for on the audio's way: at once. */
export interface LiveLimiter {
  /** One more WebSocket from there. */
  connection(address: string): boolean | Promise<boolean>;
  /** @param chunks in units of 512 samples */
  chunks(userId: string, address: string, chunks: number): boolean;
}

/** chunks of 512 samples a second in real time */
export const nominalChunksPerSecond = sampleRateHz / chunkSamples;
/** a client's crystal may be faster */
const tolerance = 1.05;
/** what a network that stood still for so long delivers at once */
const burstSeconds = 3;

export interface LimiterOptions {
  /** sessions in real time of one user */
  readonly sessionsOfUser?: number;
  /** sessions in real time from one address, behind which may be many users */
  readonly sessionsOfAddress?: number;
  /** WebSockets a minute from one address */
  readonly connectionsPerMinute?: number;
}

/** A bucket of chunks for so many sessions in real time. */
export function chunkBucket(sessions: number): TokenBucket {
  const perSecond = nominalChunksPerSecond * tolerance * sessions;
  return new TokenBucket(perSecond, perSecond * burstSeconds);
}

/** In this process's memory alone. */
export class MemoryLimiter implements LiveLimiter {
  readonly #limits: Required<LimiterOptions>;
  readonly #users = new Buckets();
  readonly #addresses = new Buckets();
  readonly #connections = new Buckets();

  constructor(options: LimiterOptions = {}) {
    const { sessionsOfUser = 16, sessionsOfAddress = 64, connectionsPerMinute = 120 } = options;
    this.#limits = { sessionsOfUser, sessionsOfAddress, connectionsPerMinute };
  }

  connection(address: string): boolean {
    const { connectionsPerMinute: most } = this.#limits;
    return this.#connections.of(address, () => new TokenBucket(most / 60, most)).take(1);
  }

  chunks(userId: string, address: string, chunks: number): boolean {
    const { sessionsOfUser, sessionsOfAddress } = this.#limits;
    const atMs = nowMs();
    return (
      this.#users.of(userId, () => chunkBucket(sessionsOfUser)).take(chunks, atMs) &&
      this.#addresses.of(address, () => chunkBucket(sessionsOfAddress)).take(chunks, atMs)
    );
  }
}

const sweepMs = 60_000;

/** Buckets by key; those that are full again are forgotten. */
class Buckets {
  readonly #buckets = new Map<string, TokenBucket>();
  #sweptAtMs = nowMs();

  of(key: string, make: () => TokenBucket): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket) return bucket;
    this.#sweep();
    bucket = make();
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(): void {
    const atMs = nowMs();
    if (atMs - this.#sweptAtMs < sweepMs) return;
    this.#sweptAtMs = atMs;
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(atMs)) this.#buckets.delete(key);
  }
}
