import type { Redis } from 'ioredis';
import type { Logger } from '../logging/index.ts';
import { unreachable } from './unreachable.ts';

export interface RegistryOptions {
  readonly redis: Redis;
  readonly instance: string;
  readonly log: Logger;
  /** Another instance has claimed it later than this one. */
  readonly lost: (sessionId: string) => void;
  readonly beatMs?: number;
  /** an instance that is silent for so long runs nothing any more */
  readonly expireMs?: number;
}

const batch = 500;

/**
 * Claims or keeps: the latest claim of a session wins. Answers with the places of those that are another's.
 * KEYS sessions; ARGV time to live in ms, instance, then the time of each claim.
 */
const claim = `
local lost = {}
for i, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  local at, owner
  if value then at, owner = string.match(value, '^(%d+) (.+)$') end
  if owner and owner ~= ARGV[2] and tonumber(at) > tonumber(ARGV[i + 2]) then
    table.insert(lost, i - 1)
  else
    redis.call('SET', key, ARGV[i + 2] .. ' ' .. ARGV[2], 'PX', ARGV[1])
  end
end
return lost`;

/** KEYS session; ARGV instance. */
const release = `
local value = redis.call('GET', KEYS[1])
if value and string.match(value, '^%d+ (.+)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

const keyOf = (sessionId: string) => `anc:session:${sessionId}`;

/**
 * Session → instance, in Redis. Each instance repeats what it runs: entries of one that died expire, and a Redis that comes
 * back empty is filled by the next beats. The clocks of the instances have to agree within a second or so, because of two
 * that claim the same session the later one has its client.
 */
export class SessionRegistry {
  readonly #options: Required<RegistryOptions>;
  readonly #claims = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: RegistryOptions) {
    this.#options = { beatMs: 5000, expireMs: 15_000, ...options };
    this.#timer = setInterval(() => void this.beat(), this.#options.beatMs);
    this.#timer.unref();
  }

  opened(sessionId: string): void {
    this.#claims.set(sessionId, Date.now());
    void this.#claim([sessionId]);
  }

  closed(sessionId: string): void {
    const { redis, instance } = this.#options;
    if (!this.#claims.delete(sessionId)) return;
    // When it does not get through, it expires.
    redis.eval(release, 1, keyOf(sessionId), instance).catch(() => {});
  }

  /** All that runs here, again: also at once when Redis is back. */
  async beat(): Promise<void> {
    const ids = [...this.#claims.keys()];
    for (let i = 0; i < ids.length; i += batch) await this.#claim(ids.slice(i, i + batch));
  }

  /** Any instance, also this one. @throws AncError INSTANCES_UNREACHABLE */
  async ownersOf(sessionIds: readonly string[]): Promise<(string | null)[]> {
    if (sessionIds.length === 0) return [];
    try {
      const values = await this.#options.redis.mget(sessionIds.map(keyOf));
      return values.map((value) => value?.slice(value.indexOf(' ') + 1) ?? null);
    } catch (error) {
      throw unreachable('Redis does not answer', error);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #claim(ids: readonly string[]): Promise<void> {
    const { redis, instance, expireMs, lost, log } = this.#options;
    const times = ids.map((id) => this.#claims.get(id)!);
    try {
      const keys = ids.map(keyOf);
      const args = [...keys, expireMs, instance, ...times];
      const places = (await redis.eval(claim, keys.length, ...args)) as number[];
      for (const place of places) {
        const id = ids[place]!;
        // Not when it has been opened again meanwhile.
        if (this.#claims.get(id) === times[place] && this.#claims.delete(id)) lost(id);
      }
    } catch (err) {
      // That Redis is away is said once, by its connection.
      log.debug({ err }, 'sessions were not claimed');
    }
  }
}
