import { connect } from 'node:net';
import { ChildProgram, missing } from './child-program.ts';
import { freePort } from './free-port.ts';

/** Why tests that need it are skipped; false when it is there. */
export const REDIS_MISSING: string | false = missing('redis-server');

/** A Redis of its own for tests: on a free port of the loopback, nothing on disk. */
export interface RedisServer {
  readonly url: string;
  /** ends it; what it held is gone */
  stop(): Promise<void>;
  /** again, on the same port */
  start(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let program: ChildProgram | null = null;
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      program = new ChildProgram('redis-server', args);
      await program.until(() => answers(port));
    },
    async stop() {
      await program?.end('SIGKILL');
      program = null;
    },
  };
  await server.start();
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
