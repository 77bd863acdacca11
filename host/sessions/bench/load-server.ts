/** The process that is measured. */
import { type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { LiveServer, type LiveSecond, MemoryLimiter, noMetrics } from '../live/index.ts';
import { type SessionSettings, defaultSettings } from '../protocol/index.ts';
import { OpenDirectory } from './open-directory.ts';

export interface ServerResult {
  /** of a core: user, system and both */
  readonly cpu: { readonly user: number; readonly system: number; readonly all: number };
  readonly processed: number;
  readonly dropped: number;
  readonly filled: number;
  readonly refused: number;
  /** receiving to sending, ms */
  readonly p50: number;
  readonly p99: number;
  readonly memoryMiB: number;
}

type Request =
  | {
      readonly type: 'open';
      readonly settings: Partial<SessionSettings>;
    }
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'stop' };

export async function serve(workers: number | null): Promise<void> {
  const directory = new OpenDirectory();
  const counts = { processed: 0, dropped: 0, filled: 0, refused: 0 };
  const latenciesMs: Float32Array[] = [];
  let isMeasuring = false;
  const live = await LiveServer.start({
    directory,
    allowsOrigin: () => true,
    limiter: new MemoryLimiter({
      sessionsOfUser: 1e4,
      sessionsOfAddress: 1e4,
      connectionsPerMinute: 1e6,
    }),
    maxSessions: 1e4,
    graceMs: 200,
    ...(workers === null ? {} : { workers }),
    metrics: {
      ...noMetrics,
      second: (figures: LiveSecond) => {
        if (!isMeasuring) return;
        for (const key of ['processed', 'dropped', 'filled', 'refused'] as const)
          counts[key] += figures[key];
        latenciesMs.push(figures.latenciesMs.slice());
      },
    },
  });
  const http = createServer();
  live.attach(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 4096, resolve));
  const { port } = http.address() as AddressInfo;
  let cpuBefore = process.cpuUsage();
  let startMs = 0;
  const report = (): ServerResult => {
    const elapsed = (performance.now() - startMs) * 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const all = Float32Array.from(latenciesMs.flatMap((values) => [...values])).sort();
    return {
      cpu: { user: user / elapsed, system: system / elapsed, all: (user + system) / elapsed },
      ...counts,
      p50: all[all.length >> 1] ?? NaN,
      p99: all[Math.floor(all.length * 0.99)] ?? NaN,
      memoryMiB: process.memoryUsage().rss / 2 ** 20,
    };
  };
  process.on('message', (request: Request) => {
    switch (request.type) {
      case 'open':
        directory.sessionSettings = { ...defaultSettings, ...request.settings };
        process.send!({ type: 'opened' });
        break;
      case 'begin':
        Object.assign(counts, { processed: 0, dropped: 0, filled: 0, refused: 0 });
        latenciesMs.length = 0;
        isMeasuring = true;
        cpuBefore = process.cpuUsage();
        startMs = performance.now();
        break;
      case 'stop':
        void live.close().then(() => process.exit());
        break;
      case 'end': {
        isMeasuring = false;
        process.send!({ type: 'result', result: report() });
        void Promise.all(live.list().map(({ sessionId }) => live.end(sessionId)));
        break;
      }
    }
  });
  process.send!({ type: 'ready', port });
}
