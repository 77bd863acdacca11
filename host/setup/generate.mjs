// npm run generate [-- --check]: writes every generated file, or says which have drifted from their source.
import { runTypescript } from './run-typescript.mjs';

const args = process.argv.slice(2);
let status = 0;
const generators = [
  'firmware/protocol/src/main.ts',
  'boards/src/main.ts',
  'host/sessions/metrics/generate.ts',
];
for (const generator of generators) {
  status = Math.max(status, await runTypescript(generator, args));
}
process.exit(status);
