import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type Policies, type Policy, type PolicyName, policyNames } from './policies.ts';

export interface Verdict extends Policy {
  readonly policy: PolicyName;
  readonly allowed: boolean;
  readonly remaining: number;
  /** until the window ends, at least 1 */
  readonly resetS: number;
}

type Limiter = RateLimiterMemory | RateLimiterRedis;

/**
 * Counts in Redis, shared by all instances, or in this process. While Redis is away this process counts alone: a limit is
 * then one for each instance, and never none.
 */
export class RateLimiter {
  #limiters: ReadonlyMap<PolicyName, Limiter>;
  #policies: Policies;

  constructor(policies: Policies, redis: Redis | null) {
    this.#policies = policies;
    this.#limiters = new Map(policyNames.map((name) => [name, make(name, policies[name], redis)]));
  }

  async consume(policy: PolicyName, key: string): Promise<Verdict> {
    try {
      return this.#verdict(policy, await this.#limiter(policy).consume(hashed(key)), true);
    } catch (error) {
      if (error instanceof RateLimiterRes) return this.#verdict(policy, error, false);
      throw error;
    }
  }

  /** Forgets what was counted: a log-in that succeeded is no guess. */
  async forgive(policy: PolicyName, key: string): Promise<void> {
    await this.#limiter(policy).delete(hashed(key));
  }

  #limiter(policy: PolicyName): Limiter {
    return this.#limiters.get(policy)!;
  }

  #verdict(policy: PolicyName, counted: RateLimiterRes, allowed: boolean): Verdict {
    const resetS = Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
    const { points, windowS } = this.#policies[policy];
    return { policy, points, windowS, allowed, remaining: counted.remainingPoints, resetS };
  }
}

function make(name: PolicyName, { points, windowS }: Policy, redis: Redis | null): Limiter {
  const options = { keyPrefix: `anc:limit:${name}`, points, duration: windowS };
  const memory = new RateLimiterMemory(options);
  if (!redis) return memory;
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
    // who is over the limit is refused without a question to Redis until the window ends
    inMemoryBlockOnConsumed: points + 1,
  });
}

/** Keys are of bounded length, and no address or name of a user lies in Redis. */
function hashed(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
