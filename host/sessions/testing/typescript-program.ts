/** Starts a TypeScript program of the tests in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../../..');

export interface ChildProgram {
  readonly process: ChildProcess;
  /** lines of its standard output, in their order; ends with the program */
  readonly lines: AsyncIterableIterator<string>;
  /** by its id; waits for its end */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** @param entry below the project’s root */
export async function startChildProgram(
  entry: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  nodeArguments: readonly string[] = [],
): Promise<ChildProgram> {
  // Inside node_modules, so that the program’s own imports resolve as they do for the sources.
  const cache = join(root, 'node_modules/.cache/anc-sessions');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'program-'));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [externalPackages],
  });
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', ...nodeArguments, outfile, ...args],
    {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(() =>
    rmSync(folder, { recursive: true, force: true }),
  );
  return {
    process: child,
    lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator](),
    async end(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

const externalPackages: Plugin = {
  name: 'external-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@anc/') ? undefined : { path, external: true },
    );
  },
};
