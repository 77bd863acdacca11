// npm run soak -- sessions [MINUTES]: live sessions come and go, in real time, at a server in a process of its own; its
// memory has to stay what it is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { chunkSamples, encodeFrame, sampleRateHz, type ServerMessage } from '../protocol/index.ts';
import { BenchServer } from './bench-server.ts';
import { slopeOf } from './slope.ts';

const minutes = Number(process.argv[2] ?? 30);
if (!(minutes >= 1)) {
  process.stderr.write(`'${process.argv[2]}' is no number of minutes: 1 and more are taken\n`);
  process.exit(2);
}

/** sessions at a time */
const slots = 20;
const sessionSeconds = { from: 5, to: 20 };
const sampleEveryMs = 5000;
/** share of the time in which caches and pools fill, not looked at */
const warmUp = 0.25;
const settings = [
  { algorithm: 'fdaf', channels: 2 },
  { algorithm: 'nlms', channels: 1 },
  { algorithm: 'nlms-q31', channels: 2 },
  { algorithm: 'fdaf', channels: 1, sampleFormat: 'int16' },
] as const;

const counts = { sessions: 0, chunksSent: 0, chunksBack: 0, failures: 0 };
const failures = new Map<string, number>();
const noise = Float32Array.from({ length: 4 * chunkSamples }, () => 0.2 * (Math.random() - 0.5));
const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type Created = {
  readonly session: { readonly id: string };
  readonly ticket: { readonly ticket: string; readonly webSocketPath: string };
};

/** One session from its creation to its end. */
async function session(server: BenchServer, number: number): Promise<void> {
  const own = settings[number % settings.length]!;
  const { ticket } = await server.call<Created>('POST', '/sessions', { settings: own });
  const socket = new WebSocket(
    server.url.replace('http', 'ws') + ticket.webSocketPath,
    ['anc.v1', `ticket.${ticket.ticket}`],
    { perMessageDeflate: false },
  );
  let isEnded = false;
  const ready = new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return void counts.chunksBack++;
      const message = JSON.parse(data.toString()) as ServerMessage;
      if (message.type === 'ready') resolve();
      if (message.type === 'ended') isEnded = true;
      if (message.type === 'error') reject(new Error(message.code));
    });
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
  });
  await ready;
  const { from, to } = sessionSeconds;
  const seconds = from + (to - from) * Math.random();
  const samples = noise.subarray(0, own.channels * chunkSamples);
  const sampleFormat = 'sampleFormat' in own ? own.sampleFormat : 'float32';
  const start = performance.now();
  for (let sequence = 0; sequence * chunkSamples < seconds * sampleRateHz; sequence++) {
    const dueMs = start + (1000 * sequence * chunkSamples) / sampleRateHz;
    await delay(Math.max(0, dueMs - performance.now()));
    if (socket.readyState !== socket.OPEN) throw new Error('closed while it ran');
    socket.send(encodeFrame({ sequence, samples, channels: own.channels, sampleFormat }));
    counts.chunksSent++;
  }
  const closed = once(socket, 'close');
  socket.send(JSON.stringify({ type: 'end' }));
  await closed;
  if (!isEnded) throw new Error('closed without a farewell');
  counts.sessions++;
}

async function slot(server: BenchServer, first: number, untilMs: number): Promise<void> {
  for (let number = first; performance.now() < untilMs; number += slots) {
    try {
      await session(server, number);
    } catch (error) {
      counts.failures++;
      const text = (error as Error).message;
      failures.set(text, (failures.get(text) ?? 0) + 1);
      await delay(1000);
    }
  }
}

const server = await BenchServer.start();
const points: { seconds: number; rssBytes: number; heapBytes: number; active: number }[] = [];
const start = performance.now();
const untilMs = start + minutes * 60_000;
let dropped = 0;
const sampler = (async () => {
  for (; performance.now() < untilMs; await delay(sampleEveryMs)) {
    const now = await server.metrics(
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'anc_sessions_active',
      'anc_dropped_chunks_total',
    );
    dropped = now.anc_dropped_chunks_total;
    points.push({
      seconds: (performance.now() - start) / 1000,
      rssBytes: now.process_resident_memory_bytes,
      heapBytes: now.nodejs_heap_size_used_bytes,
      active: now.anc_sessions_active,
    });
  }
})();
let left: number;
try {
  await Promise.all([
    sampler,
    ...Array.from({ length: slots }, (_, i) => slot(server, i, untilMs)),
  ]);
  // the gauge is of sessions that have not ended
  left = (await server.metrics('anc_sessions_active')).anc_sessions_active;
} finally {
  await server.end();
}

const settled = points.filter(({ seconds }) => seconds >= warmUp * minutes * 60);
const MiB = 2 ** 20;
const memory = (of: 'rssBytes' | 'heapBytes') => {
  const { slope, error, mean } = slopeOf(settled.map((p) => [p.seconds / 3600, p[of] / MiB]));
  return { meanMiB: mean, mibPerHour: slope, errorMibPerHour: error };
};
const result = {
  minutes,
  slots,
  ...counts,
  dropped,
  sessionsLeft: left,
  rss: memory('rssBytes'),
  heap: memory('heapBytes'),
  failures: Object.fromEntries(failures),
};
const row = (name: string, { meanMiB, mibPerHour, errorMibPerHour }: ReturnType<typeof memory>) =>
  `${name.padEnd(10)} ${meanMiB.toFixed(1).padStart(8)} MiB, ${mibPerHour.toFixed(2).padStart(7)} ± ${errorMibPerHour.toFixed(2)} MiB an hour`;
process.stdout.write(
  `${minutes} min, ${slots} sessions at a time, ${sessionSeconds.from}–${sessionSeconds.to} s each; server in a process of its own, PGlite\n` +
    `${counts.sessions} sessions, ${counts.chunksSent} chunks sent, ${counts.chunksBack} came back, ${dropped} dropped, ${counts.failures} failures, ${left} sessions left\n` +
    `memory after the first ${100 * warmUp} %, least squares over ${settled.length} samples:\n` +
    `${row('resident', result.rss)}\n${row('heap used', result.heap)}\n`,
);
for (const [text, count] of failures) process.stdout.write(`${count} × ${text}\n`);
mkdirSync('reports', { recursive: true });
writeFileSync('reports/soak-sessions.json', `${JSON.stringify({ ...result, points }, null, 2)}\n`);
process.exitCode = counts.failures === 0 && left === 0 ? 0 : 1;
