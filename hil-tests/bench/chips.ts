// npm run bench -- chips [SECONDS]: what an emulated chip takes of the host, and how much of real time its audio reaches.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Device } from '../../host/device/index.ts';
import { emulatedIsas } from '../../host/transports/index.ts';

const seconds = Number(process.argv[2] ?? 10);
const fxnlms = 'set=mode=anc&noise=engine';
const normalEquations = `${fxnlms}&set=algorithm=normalEquations`;
const runs = [
  ...emulatedIsas.map((isa) => ['FxNLMS, 256 taps', `qemu:${isa}?${fxnlms}`] as const),
  ['FxNLMS, 256 taps, guards', `qemu:rv32imc?${fxnlms}&guards`],
  ['normal equations, 256 taps, guards', `qemu:rv32imafc?${normalEquations}`],
] as const;

/** Of the process, user and system; the kernel counts in hundredths. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(what: string, uri: string) {
  const device = await Device.connect(uri, { reconnect: false });
  const pid = Number(/process (\d+)/.exec(device.description)![1]);
  const marks: { ms: number; cpu: number; samples: number }[] = [];
  const ratios: number[] = [];
  device.on('telemetry', ({ sampleIndex, disturbanceMeanSquare, errorMeanSquare }) => {
    marks.push({ ms: performance.now(), cpu: cpuSeconds(pid), samples: Number(sampleIndex) });
    ratios.push(10 * Math.log10(Number(disturbanceMeanSquare) / Number(errorMeanSquare)));
  });
  const pings: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    await device.request('ping', { token: 1 });
    pings.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await device.close();
  const [first, last] = [marks[0]!, marks.at(-1)!];
  const audioSeconds = (last.samples - first.samples) / 48_000;
  pings.sort((a, b) => a - b);
  const late = ratios.slice(ratios.length >> 1);
  return {
    chip: /qemu:(\w+)/.exec(uri)![1]!,
    what,
    realTimeFactor: (1000 * audioSeconds) / (last.ms - first.ms),
    cpuSecondsPerAudioSecond: (last.cpu - first.cpu) / audioSeconds,
    pingMs: pings[pings.length >> 1]!,
    attenuationDb: late.reduce((sum, ratio) => sum + ratio, 0) / late.length,
  };
}

const results = [];
for (const [what, uri] of runs) {
  const result = await measure(what, uri);
  results.push(result);
  process.stdout.write(
    `${result.chip.padEnd(10)} ${what.padEnd(36)} ${result.realTimeFactor.toFixed(2)} of real time, ` +
      `${result.cpuSecondsPerAudioSecond.toFixed(2)} s of CPU a second of audio, ` +
      `ping ${result.pingMs.toFixed(1)} ms, ${result.attenuationDb.toFixed(1)} dB\n`,
  );
}
mkdirSync('reports', { recursive: true });
writeFileSync('reports/chips.json', `${JSON.stringify(results, null, 2)}\n`);
