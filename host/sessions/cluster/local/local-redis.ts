import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { LocalProgram } from './local-program.ts';

/** Redis of this machine on the loopback alone. It keeps nothing on disk: what is in it is made again by who lives. */
export async function startLocalRedis(
  dataFolder: string,
  onLost: (exit: string) => void,
): Promise<{ program: LocalProgram; url: string }> {
  const folder = join(dataFolder, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const password = randomBytes(24).toString('base64url');
  const file = join(folder, 'redis.conf');
  // Not as arguments, which everybody on the machine sees.
  const lines = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${folder}`];
  writeFileSync(file, [...lines, 'save ""', 'appendonly no', ''].join('\n'), { mode: 0o600 });
  const program = new LocalProgram({
    name: 'Redis',
    command: 'redis-server',
    args: [file],
    onLost,
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  await program.until(() => answers(url));
  return { program, url };
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
