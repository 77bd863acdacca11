// npm run bench -- sessions [--sessions N,N,…] [--seconds N] [--algorithms NAME:CHANNELS:FORMAT,…]
// [--instances N,N,…, 0 without nginx] [--workers N]: live sessions in real time from a process of clients to a process of the server, or to several behind
// nginx: latency that the server adds, and CPU a session.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { SessionSettings } from '../protocol/index.ts';
import type { LoadResult } from './load-generator.ts';
import { type ServerResult, serve } from './load-server.ts';
import type { LoadTarget } from './load-client.ts';
import { Servers, message, startProcess, together } from './load-processes.ts';

const role = process.env['ANC_LOAD_ROLE'];
// Not longer than the process that measures.
if (role) process.on('disconnect', () => process.exit());
if (role === 'server') await serve(Number(process.argv[2]) || null);
else if (role === 'generator') await import('./load-generator.ts');
else await main();

interface Step {
  readonly name: string;
  /** behind nginx; 0: one without */
  readonly instances: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly loadAverage: number;
  /** of all instances; the percentiles those of the slowest */
  readonly server: ServerResult;
  /** of a core */
  readonly nginxCpu: number;
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
  const counts = option('instances', '0').split(',').map(Number);
  process.stdout.write(
    `Live sessions, chunks of 512 samples at 48 kHz in real time both ways, 512 taps, WebSockets on the loopback; each server and
the clients in a process each on ${cpus().length} cores (${cpus()[0]?.model.trim()}). Server: CPU of the whole processes, workers included; added latency from receiving a
chunk to sending its answer, of the slowest instance. Round trip: clients' own clock, their work and nginx included.

case              sessions  CPU/session   (sys)  µs/chunk   added p50      p99   trip p50      p99  dropped  refused  lost  clients' CPU  nginx   late   load\n`,
  );
  const steps: Step[] = [];
  for (const count of counts) {
    const behind = count === 0 ? '' : ` with ${count} behind nginx`;
    if (behind) process.stdout.write(`\n${count} instance(s) behind nginx\n`);
    const servers = await Servers.start(count, Number(option('workers', '')) || null);
    for (const [name, settings] of cases) {
      const own: Step[] = [];
      for (const sessions of ladder) {
        const step = await measure(servers, name, sessions, settings, seconds);
        own.push(step);
        process.stdout.write(lineOf(step));
        const cpu = step.server.cpu.all + step.clients.cpu + step.nginxCpu;
        if (!step.isFine && cpu > 0.9 * cpus().length) break;
      }
      steps.push(...own);
      const most = Math.max(0, ...own.filter((s) => s.isFine).map((s) => s.sessions));
      process.stdout.write(
        `${name}${behind}: ${most} sessions with nothing lost and p99 of the added latency under 10 ms\n`,
      );
    }
    await servers.end();
  }
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/sessions.json', `${JSON.stringify(steps, null, 2)}\n`);
}

async function measure(
  servers: Servers,
  name: string,
  sessions: number,
  settings: Partial<SessionSettings>,
  seconds: number,
): Promise<Step> {
  servers.send({ type: 'open', settings });
  await servers.all('opened');
  const { channels = 1, sampleFormat = 'float32' } = settings;
  const targets: LoadTarget[] = Array.from({ length: sessions }, () => ({
    ...{ port: servers.port, sessionId: randomUUID(), ticket: 'load', channels, sampleFormat },
  }));
  const clients = startProcess('generator');
  clients.send({ targets, seconds });
  await message(clients, 'begin');
  servers.send({ type: 'begin' });
  const nginxBefore = servers.nginxCpuSeconds;
  await message(clients, 'end');
  const nginxCpu = (servers.nginxCpuSeconds - nginxBefore) / seconds;
  servers.send({ type: 'end' });
  const answers = await servers.all<{ result: ServerResult }>('result');
  const ofServer = together(answers.map(({ result }) => result));
  const { result: ofClients } = (await message(clients, 'result')) as { result: LoadResult };
  clients.kill();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const isFine =
    ofServer.dropped + ofServer.refused + ofServer.filled === 0 &&
    ofClients.unprocessed === 0 &&
    ofServer.p99 < 10;
  return {
    name,
    instances: servers.instances,
    sessions,
    seconds,
    loadAverage: loadavg()[0]!,
    server: ofServer,
    nginxCpu,
    clients: ofClients,
    isFine,
  };
}

/** CPU that the server took for each chunk that it answered. */
function microsOf({ cpu, processed }: ServerResult, seconds: number): number {
  return (cpu.all * seconds * 1e6) / Math.max(1, processed);
}

function lineOf(step: Step): string {
  const { name, sessions, seconds, loadAverage, server, nginxCpu, clients, isFine } = step;
  const percent = (value: number) => `${((100 * value) / sessions).toFixed(3)} %`;
  const ms = (value: number) => value.toFixed(2).padStart(9);
  return `${name.padEnd(18)}${String(sessions).padStart(8)}${percent(server.cpu.all).padStart(13)}${percent(server.cpu.system).padStart(9)}${microsOf(server, seconds).toFixed(1).padStart(10)}${ms(server.p50)}${ms(server.p99)}${ms(clients.roundTripsMs.p50)}${ms(clients.roundTripsMs.p99)}${String(server.dropped).padStart(9)}${String(server.refused).padStart(9)}${String(clients.lost).padStart(6)}${clients.cpu.toFixed(2).padStart(14)}${nginxCpu.toFixed(2).padStart(7)}${clients.lateMs.toFixed(0).padStart(7)}${loadAverage.toFixed(1).padStart(7)}  ${isFine ? 'fine' : 'not fine'}\n`;
}
