/** A process that dies in the middle of a job. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Principal } from '../accounts/principal.ts';
import type { DatabaseOptions } from '../storage/index.ts';

const root = join(import.meta.dirname, '../../..');

/** @returns whose job it was */
export async function runAndKill(options: DatabaseOptions): Promise<Principal> {
  const outfile = join(root, 'node_modules/.cache/anc-sessions', `kill-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'testing-kill-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    plugins: [
      {
        name: 'npm packages stay outside',
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@anc/')
              ? undefined
              : { path, external: true },
          );
        },
      },
    ],
  });
  try {
    const child = spawn(process.execPath, [outfile, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const user = await new Promise<Principal>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) =>
        resolve(JSON.parse(line) as Principal),
      );
      void ended.then(() => reject(new Error(`the child ended with ${child.exitCode}`)));
    });
    child.kill('SIGKILL');
    await ended;
    return user;
  } finally {
    rmSync(outfile, { force: true });
  }
}
