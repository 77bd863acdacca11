// npm run bench -- engine: time of a sample in the fixed-point engine, native, and in its integer model.
import { execFileSync } from 'node:child_process';
import { EngineModel, MODE_ANC, secondaryModelOf } from '@anc/dsp-reference';

process.stdout.write(execFileSync('firmware/build/native/engine_bench', { encoding: 'utf8' }));

const samples = 48000;
const engine = new EngineModel(48000);
engine.setSecondary(
  secondaryModelOf(
    Float64Array.from({ length: 256 }, (_, i) => 0.3 * Math.exp(-i / 40) * Math.cos(i)),
    5,
  ),
);
engine.configure({ mode: MODE_ANC });
const times: number[] = [];
for (let round = 0; round < 6; round += 1) {
  const start = performance.now();
  for (let n = 0; n < samples; n += 1) {
    const reference = ((Math.imul(n, 2654435761) >> 4) & ~255) | 0;
    engine.output(reference);
    engine.adapt(reference >> 1);
  }
  times.push((1e6 * (performance.now() - start)) / samples);
}
times.sort((a, b) => a - b);
const ns = times[times.length >> 1]!;
process.stdout.write(
  `integer model in JavaScript, 512 taps, 256-tap model: ${ns.toFixed(0)} ns a sample, ${(1e9 / 48000 / ns).toFixed(1)} times real time at 48 kHz\n`,
);
