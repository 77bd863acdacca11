// npm run bench -- http [SECONDS]: requests a second of a server in a process of its own, by autocannon in another.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchServer } from './bench-server.ts';

const connections = 100;
const seconds = Number(process.argv[2] ?? 10);
if (!(seconds >= 1)) {
  process.stderr.write(`'${process.argv[2]}' is no number of seconds\n`);
  process.exit(2);
}

interface Figures {
  readonly requests: { readonly average: number; readonly total: number };
  readonly latency: { readonly p50: number; readonly p97_5: number; readonly p99: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

/** autocannon has no types of its own: its command gives the same as JSON. */
const autocannon = createRequire(join(process.cwd(), 'host/sessions/package.json')).resolve(
  'autocannon',
);

function load(url: string, duration: number, headers: readonly string[]): Promise<Figures> {
  const args = ['--json', '-c', String(connections), '-d', String(duration)];
  const child = spawn(
    process.execPath,
    [autocannon, ...args, ...headers.flatMap((header) => ['-H', header]), url],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === 0
        ? resolve(JSON.parse(text) as Figures)
        : reject(new Error(`autocannon ended with ${code}`)),
    ),
  );
}

const server = await BenchServer.start();
const results = [];
try {
  for (let i = 0; i < 25; i++) await server.call('POST', '/sessions', { name: `bench ${i}` });
  for (const [name, path, headers] of [
    ['health', '/api/v1/health/live', []],
    ['readiness', '/api/v1/health/ready', []],
    ['own account, API key', '/api/v1/users/me', [`X-API-Key=${server.apiKey}`]],
    ['list of 25 sessions, API key', '/api/v1/sessions?limit=25', [`X-API-Key=${server.apiKey}`]],
  ] as const) {
    await load(server.url + path, 2, headers);
    const { requests, latency, errors, timeouts, non2xx } = await load(
      server.url + path,
      seconds,
      headers,
    );
    results.push({
      name,
      path,
      requestsPerSecond: requests.average,
      requests: requests.total,
      p50Ms: latency.p50,
      p97_5Ms: latency.p97_5,
      p99Ms: latency.p99,
      errors: errors + timeouts + non2xx,
    });
  }
} finally {
  await server.end();
}

process.stdout.write(
  `${connections} connections, ${seconds} s each after 2 s of warming up; PGlite; server and load on this machine\n\n` +
    `${'request'.padEnd(30)} requests/s   p50 ms  p97.5 ms   p99 ms   errors\n` +
    results
      .map(
        (r) =>
          `${r.name.padEnd(30)} ${r.requestsPerSecond.toFixed(0).padStart(10)} ${String(r.p50Ms).padStart(8)} ${String(r.p97_5Ms).padStart(9)} ${String(r.p99Ms).padStart(8)} ${String(r.errors).padStart(8)}`,
      )
      .join('\n') +
    '\n',
);
mkdirSync('reports', { recursive: true });
writeFileSync(
  'reports/http.json',
  `${JSON.stringify({ connections, seconds, results }, null, 2)}\n`,
);
process.exitCode = results.every(({ errors }) => errors === 0) ? 0 : 1;
