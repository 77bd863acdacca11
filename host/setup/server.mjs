// npm run server [-- OPTIONS]: the session server, built first. `npx anc server --help` lists the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { serverArguments, serverEnvironment } from './server-process.mjs';
import { ensureSystemPackages, root } from './steps.mjs';

const args = process.argv.slice(2);
await import('./build.mjs');
if (Number(process.env.INSTANCES) > 1 || args.some((arg) => arg.startsWith('--instances')))
  ensureSystemPackages('cluster');
const child = spawn(
  process.execPath,
  [...serverArguments, join(root, 'host', 'bin', 'anc.mjs'), 'server', ...args],
  {
    cwd: process.env.INIT_CWD ?? root,
    env: { ...process.env, ...serverEnvironment(process.env) },
    stdio: 'inherit',
  },
);
// The terminal sends Ctrl-C to the whole group; the server stops by itself and this waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
