// npm run bench [-- NAME [ARGUMENTS]]: measures, prints a table and writes reports/NAME.json. Without a name it runs all.
// npm run soak is the same for what takes minutes by its nature.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildEmulated, ensureSystemPackages, fail, root } from './steps.mjs';

const benches = {
  codec: {
    entry: 'host/link/bench/codec.ts',
    what: 'frames encoded and decoded a second, next to the stock SLIP parser',
  },
  link: {
    entry: 'host/cli/bench/link.ts',
    what: 'round trip and throughput of the link on TCP and pty',
  },
  level: {
    entry: 'hil-tests/bench/level.ts',
    what: 'noise reduction of the NLMS kernels over the level of the reference',
  },
  engine: {
    entry: 'hil-tests/bench/engine.ts',
    what: 'speed of the fixed-point engine, native, and of its integer model',
  },
  controllers: {
    entry: 'hil-tests/bench/controllers.ts',
    what: 'memory and time of the acoustic controllers of the C core',
  },
  ear: {
    entry: 'hil-tests/bench/ear.ts',
    what: 'how near each algorithm comes to the bound at measured ears, with an identified path',
  },
  chips: {
    entry: 'hil-tests/bench/chips.ts',
    what: 'what the firmware on each emulated chip takes of the host, and how near to real time it comes',
    packages: 'emulated',
  },
  firmware: {
    entry: 'hil-tests/bench/firmware.ts',
    what: 'instructions, sizes and stack of the core on the chips’ instruction sets, and their shares',
    packages: 'emulated',
  },
  speed: {
    entry: 'hil-tests/bench/speed.ts',
    what: 'time of each kernel, native and WebAssembly, beside what Debian has',
    packages: 'bench',
  },
  cancel: {
    entry: 'hil-tests/bench/cancel.ts',
    what: 'attenuation per octave on measured ears, beside the bound',
  },
  tune: {
    entry: 'hil-tests/bench/tune.ts',
    what: 'guided tuning from factory state at measured ears: paths, store, gap to the bound',
  },
  guards: {
    entry: 'hil-tests/bench/guards.ts',
    what: 'false alarms of the guards against howling, wind and knocks on recordings',
  },
  http: {
    entry: 'host/sessions/bench/http.ts',
    what: 'requests a second of the session server, 100 connections',
  },
  sessions: {
    entry: 'host/sessions/bench/sessions.ts',
    what: 'live sessions in real time: the most, CPU of each, latency that the server adds',
  },
  'live-page': {
    entry: 'web-ui/sessions/bench/live-page.ts',
    what: 'a minute of the live page in Chromium on a recording: its figures beside the server’s',
  },
  handover: {
    entry: 'host/sessions/bench/handover.ts',
    what: 'handing chunks to a worker thread and back',
  },
  'noise-kinds': {
    entry: 'host/sessions/bench/noise-kinds.ts',
    what: 'what the classifier of live sessions says of recordings',
  },
  electrical: {
    entry: 'hil-tests/bench/electrical.ts',
    what: 'recorded noise taken out of speech by a reference, per engine, beside the coherence bound',
  },
  'esp-idf': {
    entry: 'firmware/ports/esp-idf/check/main.ts',
    what: 'the ESP-IDF app and the core compiled against the headers of an ESP-IDF checkout',
    packages: 'espIdf',
  },
};
const soaks = {
  link: {
    entry: 'host/cli/bench/soak.ts',
    what: 'full-rate signal stream on TCP and pty for ten minutes',
  },
  sessions: {
    entry: 'host/sessions/bench/soak.ts',
    what: 'live sessions coming and going for half an hour, and the memory of their server',
  },
  fuzz: { entry: 'firmware/fuzz/soak.ts', what: 'every libFuzzer harness for two minutes' },
};

const [kind, name, ...args] = process.argv.slice(2);
const table = kind === 'soak' ? soaks : benches;
if (name === '--help' || (name !== undefined && !(name in table))) {
  const lines = Object.entries(table).map(([key, { what }]) => `  ${key.padEnd(12)} ${what}`);
  process.stdout.write(`npm run ${kind} [-- NAME [ARGUMENTS]]\n\n${lines.join('\n')}\n`);
  if (name !== '--help') fail(`there is no ${kind} named '${name}'`, 2);
  process.exit(0);
}
await import('./build.mjs');
const { runTypescript } = await import('./run-typescript.mjs');
let status = 0;
for (const key of name === undefined ? Object.keys(table) : [name]) {
  if (!existsSync(join(root, table[key].entry))) fail(`${table[key].entry} is missing`);
  process.stdout.write(`\n== ${key}: ${table[key].what}\n`);
  if (table[key].packages) ensureSystemPackages(table[key].packages);
  if (table[key].packages === 'emulated') buildEmulated();
  status = Math.max(status, await runTypescript(table[key].entry, args));
}
process.exit(status);
