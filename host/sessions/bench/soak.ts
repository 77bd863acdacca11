// npm run soak -- sessions [MINUTES] [--database pglite|postgresql] [--sessions N] [--seconds FROM-TO]: live sessions come
// and go, in real time, at a server in a process of its own; its memory has to stay what it is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { chunkSamples, encodeFrame, sampleRateHz, type ServerMessage } from '../protocol/index.ts';
import { parseArgs } from 'node:util';
import { POSTGRES_MISSING, startPostgres } from '../testing/postgres-server.ts';
import { BenchServer } from './bench-server.ts';
import { slopeOf } from './slope.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    database: { type: 'string', default: 'pglite' },
    sessions: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '5-20' },
  },
});
const minutes = Number(positionals[0] ?? 30);
const database = options.database;
/** sessions at a time */
const slots = Number(options.sessions);
const [from, to = from] = options.seconds.split('-').map(Number) as [number, number?];
const wrong =
  (!(minutes >= 1) && `'${positionals[0]}' is no number of minutes: 1 and more are taken`) ||
  (!['pglite', 'postgresql'].includes(database) && `'${database}': pglite or postgresql`) ||
  (!(slots >= 1 && slots <= 500) && `'${options.sessions}' sessions: 1 to 500 are taken`) ||
  (!(from > 0 && to! >= from) && `'${options.seconds}' seconds: FROM-TO, as 5-20`) ||
  (database === 'postgresql' && POSTGRES_MISSING);
if (wrong) {
  process.stderr.write(`${wrong}\n`);
  process.exit(2);
}

const sessionSeconds = { from, to: to! };
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
const ofKinds = <T>(of: (kind: Kind) => T) =>
  Object.fromEntries(kindNames.map((kind) => [kind, of(kind)])) as Record<Kind, T>;
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

const postgres = database === 'postgresql' ? await startPostgres() : null;
const server = await BenchServer.start(
  postgres ? { DATABASE_URL: postgres.appUrl(), DATABASE_ADMIN_URL: postgres.adminUrl() } : {},
);
const kinds = {
  resident: 'process_resident_memory_bytes',
  'heap used': 'nodejs_heap_size_used_bytes',
  external: 'nodejs_external_memory_bytes',
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];
const points: (Record<Kind, number> & { seconds: number; active: number })[] = [];
const start = performance.now();
const untilMs = start + minutes * 60_000;
let dropped = 0;
const sampler = (async () => {
  for (; performance.now() < untilMs; await delay(sampleEveryMs)) {
    const now = await server.metrics(
      ...Object.values(kinds),
      'anc_sessions_active',
      'anc_dropped_chunks_total',
    );
    dropped = now.anc_dropped_chunks_total;
    points.push({
      seconds: (performance.now() - start) / 1000,
      ...ofKinds((kind) => now[kinds[kind]]),
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
  await postgres?.remove();
}

const settled = points.filter(({ seconds }) => seconds >= warmUp * minutes * 60);
const MiB = 2 ** 20;
const memory = ofKinds((kind) => {
  const { slope, error, mean } = slopeOf(settled.map((p) => [p.seconds / 3600, p[kind] / MiB]));
  return { meanMiB: mean, mibPerHour: slope, errorMibPerHour: error };
});
const result = {
  minutes,
  database,
  slots,
  ...counts,
  dropped,
  sessionsLeft: left,
  memory,
  failures: Object.fromEntries(failures),
};
const row = (kind: Kind) => {
  const { meanMiB, mibPerHour, errorMibPerHour } = memory[kind];
  return `${kind.padEnd(10)} ${meanMiB.toFixed(1).padStart(8)} MiB, ${mibPerHour.toFixed(2).padStart(7)} ± ${errorMibPerHour.toFixed(2)} MiB an hour\n`;
};
process.stdout.write(
  `${minutes} min, ${slots} sessions at a time, ${sessionSeconds.from}–${sessionSeconds.to} s each; server in a process of its own, ${database}\n` +
    `${counts.sessions} sessions, ${counts.chunksSent} chunks sent, ${counts.chunksBack} came back, ${dropped} dropped, ${counts.failures} failures, ${left} sessions left\n` +
    `memory after the first ${100 * warmUp} %, least squares over ${settled.length} samples:\n` +
    kindNames.map(row).join(''),
);
for (const [text, count] of failures) process.stdout.write(`${count} × ${text}\n`);
mkdirSync('reports', { recursive: true });
writeFileSync(
  `reports/soak-sessions-${database}.json`,
  `${JSON.stringify({ ...result, points }, null, 2)}\n`,
);
process.exitCode = counts.failures === 0 && left === 0 ? 0 : 1;
