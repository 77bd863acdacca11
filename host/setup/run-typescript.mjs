// Runs one TypeScript program of the project: bundled in memory by esbuild, npm packages left outside.
import { build } from 'esbuild';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { root } from './steps.mjs';

export async function runTypescript(entry, args = [], nodeArgs = []) {
  // Inside node_modules, so that the program's own imports resolve as they do for the sources.
  const outfile = join(root, 'node_modules', '.cache', 'anc', `${entry.replaceAll('/', '-')}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
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
  const result = spawnSync(
    process.execPath,
    ['--enable-source-maps', ...nodeArgs, outfile, ...args],
    { cwd: root, stdio: 'inherit' },
  );
  rmSync(outfile, { force: true });
  return result.status ?? 1;
}

/** Packages from the registry stay imports; the workspaces (@anc/…) are TypeScript and are bundled. */
const externalPackages = {
  name: 'external-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@anc/') ? undefined : { path, external: true },
    );
  },
};
