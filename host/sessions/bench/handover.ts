// npm run bench -- handover: what it costs to hand a batch of chunks to a worker thread and get it back: buffers that are
// moved, shared memory with messages of one number (as live sessions do it), shared memory with Atomics alone.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';

const bytes = 128 * 1024;
const roundTrips = 1500;
const ways = ['none', 'moved', 'shared', 'atomics'] as const;
type Way = (typeof ways)[number];

/** of ES2024 */
type AsyncAtomics = typeof Atomics & {
  waitAsync(words: Int32Array, index: number, value: number): { readonly value: unknown };
};

interface Shared {
  readonly way: Way;
  /** words 0 and 1 count what went there and back */
  readonly words: Int32Array<SharedArrayBuffer>;
}

if (isMainThread) await main();
else work(workerData as Shared);

function work({ way, words }: Shared): void {
  parentPort!.postMessage('ready');
  if (way === 'atomics') {
    for (let seen = 0; ;) {
      Atomics.wait(words, 0, seen);
      const now = Atomics.load(words, 0);
      if (now === seen) continue;
      seen = now;
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
    }
  }
  parentPort!.on('message', (message: unknown) =>
    parentPort!.postMessage(message, message instanceof ArrayBuffer ? [message] : []),
  );
}

async function main(): Promise<void> {
  process.stdout.write(
    'way        CPU a round trip, µs, both threads; loops and timers alone taken off\n',
  );
  const results: Record<string, number> = {};
  for (let round = 0; round < 2; round += 1) {
    for (const way of ways) {
      const micros = await measure(way);
      results[way] = Math.min(results[way] ?? Infinity, micros);
    }
  }
  const { none } = results;
  for (const way of ways.slice(1))
    process.stdout.write(`${way.padEnd(11)}${(results[way]! - none!).toFixed(1).padStart(6)}\n`);
  process.stdout.write(`least of two runs, load average ${loadavg()[0]!.toFixed(1)}\n`);
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/handover.json', `${JSON.stringify(results, null, 2)}\n`);
}

async function measure(way: Way): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(process.argv[1]!, { workerData: { way, words } satisfies Shared });
  await new Promise((resolve) => worker.once('message', resolve));
  let buffer = new ArrayBuffer(bytes);
  const answer = () => new Promise<unknown>((resolve) => worker.once('message', resolve));
  const there: Record<Way, () => Promise<void>> = {
    none: async () => {},
    moved: async () => {
      const back = answer();
      worker.postMessage(buffer, [buffer]);
      buffer = (await back) as ArrayBuffer;
    },
    shared: async () => {
      const back = answer();
      worker.postMessage(bytes);
      await back;
    },
    atomics: async () => {
      const seen = Atomics.load(words, 1);
      const back = (Atomics as AsyncAtomics).waitAsync(words, 1, seen);
      Atomics.add(words, 0, 1);
      Atomics.notify(words, 0);
      await back.value;
    },
  };
  for (let i = 0; i < 150; i += 1) await there[way]();
  const before = process.cpuUsage();
  for (let i = 0; i < roundTrips; i += 1) {
    await there[way]();
    // As in a server, something else is done in between, and both threads go to sleep.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { user, system } = process.cpuUsage(before);
  await worker.terminate();
  return (user + system) / roundTrips;
}
