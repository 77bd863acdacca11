// npm run server [-- OPTIONS]: the session server, built first. `npx anc server --help` lists the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './steps.mjs';

await import('./build.mjs');
const child = spawn(
  process.execPath,
  [join(root, 'host', 'bin', 'anc.mjs'), 'server', ...process.argv.slice(2)],
  { cwd: process.env.INIT_CWD ?? root, stdio: 'inherit' },
);
// The terminal sends Ctrl-C to the whole group; the server stops by itself and this waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
