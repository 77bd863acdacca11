// npm run soak -- fuzz [SECONDS]: every libFuzzer harness for that long (default 120), what it found in firmware/build/fuzz.
import { spawnSync } from 'node:child_process';
import { harnessesOf } from './harnesses.ts';

const seconds = Number(process.argv[2] ?? 120);
if (!(seconds > 0)) {
  process.stderr.write(`'${process.argv[2]}' is no number of seconds\n`);
  process.exit(2);
}
const options = { cwd: 'firmware', stdio: 'inherit' } as const;
spawnSync('cmake', ['--preset', 'fuzz'], options);
spawnSync('cmake', ['--build', 'build/fuzz'], options);
for (const name of harnessesOf(options.cwd)) {
  const limits = [`-max_total_time=${seconds}`, '-artifact_prefix=build/fuzz/'];
  const { status } = spawnSync(`build/fuzz/fuzz_${name}`, limits, options);
  if (status !== 0) process.exitCode = 1;
}
