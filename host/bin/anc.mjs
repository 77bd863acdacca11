#!/usr/bin/env node
// The `anc` command: runs the bundle, or says how to make it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/anc.mjs', import.meta.url);
if (!existsSync(fileURLToPath(bundle))) {
  process.stderr.write('error[NOT_BUILT]: the tool is not built yet\nhint: run npm run build\n');
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(bundle.href);
