// npm run soak -- link [SECONDS]: the fullest stream, four channels of 24 bits at 48 kHz, on TCP and on a pty at once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Device } from '../../device/index.ts';
import { VirtualHeadset } from '../../testing/virtual-headset.ts';

const seconds = Number(process.argv[2] ?? 600);
if (!(seconds > 0)) {
  process.stderr.write(`'${process.argv[2]}' is no number of seconds\n`);
  process.exit(2);
}

interface Run {
  readonly transport: 'tcp' | 'pty';
  readonly headset: VirtualHeadset;
  readonly device: Device;
  frames: number;
  samples: number;
  missingSamples: number;
  next: number;
}

async function start(transport: Run['transport']): Promise<Run> {
  const headset = await new VirtualHeadset(['--set', 'mode=anc']).start();
  const device = await Device.connect(transport === 'tcp' ? headset.tcpUri : headset.ptyUri, {
    reconnect: false,
  });
  const run: Run = {
    transport,
    headset,
    device,
    frames: 0,
    samples: 0,
    missingSamples: 0,
    next: -1,
  };
  device.on('telemetry', () => {});
  device.on('log', () => {});
  device.on('signals', ({ sampleIndex, samples }) => {
    const count = samples.length / 12;
    if (run.next >= 0) run.missingSamples += sampleIndex - run.next;
    run.next = sampleIndex + count;
    run.frames += 1;
    run.samples += count;
  });
  await device.setSignalChannels(15);
  return run;
}

function summary(run: Run) {
  const { damaged, lost } = run.device.linkStats;
  const { transport, frames, samples, missingSamples } = run;
  return {
    transport,
    seconds,
    frames,
    samples,
    missingSamples,
    lost,
    damaged,
    state: run.device.state,
  };
}

const runs = [await start('tcp'), await start('pty')];
for (let done = 0; done < seconds;) {
  const step = Math.min(10, seconds - done);
  await new Promise((resolve) => setTimeout(resolve, 1000 * step));
  done += step;
  const text = runs.map(
    ({ transport, frames, missingSamples }) =>
      `${transport} ${frames} frames, ${missingSamples} samples missing`,
  );
  process.stderr.write(`${done.toFixed(0).padStart(5)} s  ${text.join('   ')}\n`);
}
const results = runs.map(summary);
for (const { device, headset } of runs) {
  await device.close();
  await headset.remove();
}
for (const { transport, frames, samples, missingSamples, lost, damaged, state } of results) {
  const losses = Object.entries(lost).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(
    `${transport}: ${frames} signal frames, ${samples} samples of 4 channels; lost frames: ${losses.join(', ')}; ${missingSamples} samples missing, ${damaged} damaged, ${state}\n`,
  );
}
mkdirSync('reports', { recursive: true });
writeFileSync('reports/soak-link.json', `${JSON.stringify(results, null, 2)}\n`);
const isClean = results.every(
  ({ lost, damaged, missingSamples, samples, state }) =>
    Object.values(lost).every((count) => count === 0) &&
    damaged === 0 &&
    missingSamples === 0 &&
    samples > 0.98 * 48000 * seconds &&
    state === 'connected',
);
process.stdout.write(isClean ? 'clean\n' : 'NOT clean\n');
process.exit(isClean ? 0 : 1);
