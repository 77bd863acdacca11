// npm run bench -- link: round trips and throughput of the link, on TCP and on a pty, against the virtual headset.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Device } from '../../device/index.ts';
import { VirtualHeadset } from '../../testing/virtual-headset.ts';

const pings = 2000;
const streamSeconds = 5;

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

async function roundTrips(device: Device) {
  const times: number[] = [];
  for (let token = 0; token < pings; token += 1) {
    const start = performance.now();
    await device.request('ping', { token });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), maxMs: times.at(-1)! };
}

async function throughput(device: Device) {
  let samples = 0;
  let bytes = 0;
  const end = device.on('signals', (event) => {
    bytes += event.samples.length;
    samples += event.samples.length / 12;
  });
  await device.setSignalChannels(15);
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1000 * streamSeconds));
  const elapsed = (performance.now() - start) / 1000;
  const rates = { bytesPerSecond: bytes / elapsed, samplesPerSecond: samples / elapsed };
  const loaded = await roundTrips(device);
  await device.setSignalChannels(0);
  end();
  return { ...rates, loaded };
}

async function measure(transport: 'tcp' | 'pty', speed: string) {
  const headset = await new VirtualHeadset([`--speed=${speed}`]).start();
  const device = await Device.connect(transport === 'tcp' ? headset.tcpUri : headset.ptyUri, {
    reconnect: false,
  });
  const idle = await roundTrips(device);
  const stream = await throughput(device);
  const { lost } = device.linkStats;
  await device.close();
  await headset.remove();
  return { transport, speed, idle, ...stream, lostSignalFrames: lost['signals'] ?? 0 };
}

const results = [];
for (const speed of ['1', '4'])
  for (const transport of ['tcp', 'pty'] as const) results.push(await measure(transport, speed));
const ms = (value: number) => value.toFixed(3).padStart(8);
process.stdout.write(
  `Round trip of ping (${pings} of them), and the signals stream of 4 channels of 24 bits; speed 1 is real time\n\n` +
    'link  speed  idle p50 ms  p99 ms   streaming p50 ms  p99 ms   payload kB/s  samples/s   lost frames\n',
);
for (const {
  transport,
  speed,
  idle,
  loaded,
  bytesPerSecond,
  samplesPerSecond,
  lostSignalFrames,
} of results)
  process.stdout.write(
    `${transport.padEnd(5)} ${speed.padStart(4)}   ${ms(idle.p50Ms)} ${ms(idle.p99Ms)}         ${ms(loaded.p50Ms)} ${ms(loaded.p99Ms)}   ${(bytesPerSecond / 1000).toFixed(0).padStart(11)}  ${samplesPerSecond.toFixed(0).padStart(9)}   ${String(lostSignalFrames).padStart(8)}\n`,
  );
mkdirSync('reports', { recursive: true });
writeFileSync('reports/link.json', `${JSON.stringify(results, null, 2)}\n`);
