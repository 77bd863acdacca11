import { Redis } from 'ioredis';
import type { Logger } from 'pino';

const commandTimeoutMs = 500;
const longestRetryMs = 2000;

/**
 * A connection that never makes a request wait: what cannot be sent at once fails, and the caller goes on without. Says in
 * the log when Redis went away and when it is back; reconnects for ever.
 */
export function connectRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(longestRetryMs, 50 * 2 ** attempt),
  });
  let away = false;
  const lost = (reason: string) => {
    if (away) return;
    away = true;
    log.warn({ reason }, 'Redis is away: limits count in this process alone');
  };
  redis.on('error', (error: Error) => lost(error.message));
  redis.on('close', () => lost('the connection was closed'));
  redis.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  return redis;
}
