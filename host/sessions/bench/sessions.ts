// npm run bench -- sessions [--sessions N,N,…] [--seconds N] [--algorithms NAME:CHANNELS:FORMAT,…]: live sessions in
// real time from a process of clients to a process of the server: latency that the server adds, and CPU a session.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { SessionSettings } from '../protocol/index.ts';
import type { LoadResult } from './load-generator.ts';
import { type ServerResult, serve } from './load-server.ts';
import type { LoadTarget } from './load-client.ts';

const role = process.env['ANC_LOAD_ROLE'];
// Neither process outlives the bench.
if (role !== undefined) process.on('disconnect', () => process.exit());
if (role === 'server') await serve();
else if (role === 'generator') await import('./load-generator.ts');
else await main();

interface Step {
  readonly name: string;
  readonly sessions: number;
  readonly seconds: number;
  readonly loadAverage: number;
  readonly server: ServerResult;
  readonly clients: LoadResult;
  readonly isFine: boolean;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const option = (name: string, fallback: string) => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? fallback : args[at + 1]!;
  };
  const ladder = option('sessions', '50,100,200,300,400,500,600').split(',').map(Number);
  const seconds = Number(option('seconds', '8'));
  const cases: [string, Partial<SessionSettings>][] = option('algorithms', 'fdaf:1')
    .split(',')
    .map((name) => {
      const [algorithm, channels = '1', sampleFormat = 'float32'] = name.split(':');
      return [
        name,
        { algorithm, channels: Number(channels), sampleFormat } as Partial<SessionSettings>,
      ];
    });
  const server = start('server');
  await message(server, 'ready');
  process.stdout.write(
    `Live sessions, chunks of 512 samples at 48 kHz in real time both ways, 512 taps, WebSockets on the loopback; server and
clients in a process each on ${cpus().length} cores (${cpus()[0]?.model.trim()}). Server: CPU of the whole process, workers included; added latency from receiving a
chunk to sending its answer. Round trip: clients' own clock, their work included.

case              sessions  CPU/session   (sys)  µs/chunk   added p50      p99   trip p50      p99  dropped  refused  lost  clients' CPU  late   load\n`,
  );
  const steps: Step[] = [];
  for (const [name, settings] of cases) {
    for (const sessions of ladder) {
      const step = await measure(server, name, sessions, settings, seconds);
      steps.push(step);
      process.stdout.write(lineOf(step));
      if (!step.isFine && step.server.cpu.all + step.clients.cpu > 0.9 * cpus().length) break;
    }
    const most = Math.max(
      0,
      ...steps.filter((s) => s.isFine && s.name === name).map((s) => s.sessions),
    );
    process.stdout.write(
      `${name}: ${most} sessions with nothing lost and p99 of the added latency under 10 ms\n`,
    );
  }
  server.send({ type: 'stop' });
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/sessions.json', `${JSON.stringify(steps, null, 2)}\n`);
}

function start(name: string): ChildProcess {
  return fork(process.argv[1]!, [], {
    env: { ...process.env, ANC_LOAD_ROLE: name },
    execArgv:
      name === 'server' && process.env['ANC_CPU_PROF']
        ? ['--cpu-prof', '--cpu-prof-dir=reports/profile']
        : [],
  });
}

async function measure(
  server: ChildProcess,
  name: string,
  sessions: number,
  settings: Partial<SessionSettings>,
  seconds: number,
): Promise<Step> {
  server.send({ type: 'open', sessions, settings });
  const { targets } = (await message(server, 'targets')) as { targets: LoadTarget[] };
  const clients = start('generator');
  clients.send({ targets, seconds });
  await message(clients, 'begin');
  server.send({ type: 'begin' });
  await message(clients, 'end');
  server.send({ type: 'end' });
  const { result: ofServer } = (await message(server, 'result')) as { result: ServerResult };
  const { result: ofClients } = (await message(clients, 'result')) as { result: LoadResult };
  clients.kill();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const isFine =
    ofServer.dropped + ofServer.refused + ofServer.filled === 0 &&
    ofClients.unprocessed === 0 &&
    ofServer.p99 < 10;
  return {
    name,
    sessions,
    seconds,
    loadAverage: loadavg()[0]!,
    server: ofServer,
    clients: ofClients,
    isFine,
  };
}

function message(child: ChildProcess, type: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const take = (value: { type: string }) => {
      if (value.type !== type) return;
      child.off('message', take);
      child.off('exit', gone);
      resolve(value);
    };
    const gone = (code: number | null) => reject(new Error(`a process ended with ${code}`));
    child.on('message', take);
    child.on('exit', gone);
  });
}

/** CPU that the server took for each chunk that it answered. */
function microsOf({ cpu, processed }: ServerResult, seconds: number): number {
  return (cpu.all * seconds * 1e6) / Math.max(1, processed);
}

function lineOf({ name, sessions, seconds, loadAverage, server, clients, isFine }: Step): string {
  const percent = (value: number) => `${((100 * value) / sessions).toFixed(3)} %`;
  const ms = (value: number) => value.toFixed(2).padStart(9);
  return `${name.padEnd(18)}${String(sessions).padStart(8)}${percent(server.cpu.all).padStart(13)}${percent(server.cpu.system).padStart(9)}${microsOf(server, seconds).toFixed(1).padStart(10)}${ms(server.p50)}${ms(server.p99)}${ms(clients.roundTripsMs.p50)}${ms(clients.roundTripsMs.p99)}${String(server.dropped).padStart(9)}${String(server.refused).padStart(9)}${String(clients.lost).padStart(6)}${clients.cpu.toFixed(2).padStart(12)}${clients.lateMs.toFixed(0).padStart(7)}${loadAverage.toFixed(1).padStart(7)}  ${isFine ? 'fine' : 'not fine'}\n`;
}
