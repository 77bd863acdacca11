/** The process that plays the clients. */
import { nominalChunksPerSecond } from '../live/index.ts';
import { LoadClient, type LoadTarget, loadFrames } from './load-client.ts';

export interface LoadResult {
  readonly sent: number;
  readonly received: number;
  readonly unprocessed: number;
  readonly lost: number;
  readonly roundTripsMs: { readonly p50: number; readonly p99: number };
  /** of a core, by the generator itself */
  readonly cpu: number;
  /** the latest that a chunk was sent, ms: above 10 the generator was too slow */
  readonly lateMs: number;
}

const periodMs = 1000 / nominalChunksPerSecond;

/** All sessions in real time, evenly spread over a chunk’s time, for some seconds after a second of running in. */
export async function generate(
  targets: readonly LoadTarget[],
  seconds: number,
): Promise<LoadResult> {
  const frames = loadFrames(targets[0]!);
  const clients: LoadClient[] = [];
  for (const target of targets) clients.push(await LoadClient.connect(target, frames));
  await run(clients, 1);
  for (const client of clients) client.roundTripsMs.length = 0;
  const before = clients.map(({ sent, received }) => ({ sent, received }));
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  process.send!({ type: 'begin' });
  const lateMs = await run(clients, seconds);
  process.send!({ type: 'end' });
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  // What is still on its way.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const roundTripsMs = clients.flatMap((client) => client.roundTripsMs).sort((a, b) => a - b);
  const sum = (of: (client: LoadClient) => number) =>
    clients.reduce((s, client) => s + of(client), 0);
  const [sent, received] = [sum((c) => c.sent), sum((c) => c.received)];
  const result = {
    sent: sent - before.reduce((s, b) => s + b.sent, 0),
    received: received - before.reduce((s, b) => s + b.received, 0),
    unprocessed: sum((c) => c.unprocessed),
    lost: sent - received,
    roundTripsMs: {
      p50: roundTripsMs[roundTripsMs.length >> 1] ?? NaN,
      p99: roundTripsMs[Math.floor(roundTripsMs.length * 0.99)] ?? NaN,
    },
    cpu: (user + system) / 1000 / elapsedMs,
    lateMs,
  };
  for (const client of clients) client.close();
  return result;
}

async function run(clients: readonly LoadClient[], seconds: number): Promise<number> {
  const startMs = performance.now() + 5;
  const total = Math.round(seconds * nominalChunksPerSecond) * clients.length;
  let [next, lateMs] = [0, 0];
  // Chunk i of all is that of client i mod n: due one after the other.
  while (next < total) {
    const atMs = performance.now();
    const due = Math.min(total, Math.floor(((atMs - startMs) / periodMs) * clients.length) + 1);
    if (next < due) lateMs = Math.max(lateMs, atMs - startMs - (next * periodMs) / clients.length);
    for (; next < due; next += 1) clients[next % clients.length]!.send(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return lateMs;
}

process.on('message', ({ targets, seconds }: { targets: LoadTarget[]; seconds: number }) => {
  void generate(targets, seconds).then((result) => {
    process.send!({ type: 'result', result });
  });
});
