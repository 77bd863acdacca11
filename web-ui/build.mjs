// Bundles the panel into web-ui/dist and the session server's pages into web-ui/dist/sessions: scripts and style sheets,
// nothing from elsewhere.
import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const core = join(folder, '../firmware/build/wasm/anc-core.wasm');

const options = {
  absWorkingDir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warning',
};

export async function buildPanel() {
  const dist = join(folder, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await build({ ...options, entryPoints: { panel: 'src/main.ts' }, outdir: 'dist' });
  // The programs for the chips are loaded one by one, each by the headset that needs it.
  await build({
    ...options,
    entryPoints: { flash: 'src/flash/main.ts' },
    splitting: true,
    chunkNames: 'flash-[name]-[hash]',
    outdir: 'dist',
  });
  await cp(join(folder, 'public'), dist, { recursive: true });
}

export async function buildSessionPages() {
  const outdir = 'dist/sessions';
  const dist = join(folder, outdir);
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await build({
    ...options,
    entryPoints: {
      live: 'sessions/live/main.ts',
      files: 'sessions/files/main.ts',
      operators: 'sessions/operators/main.ts',
    },
    splitting: true,
    chunkNames: 'shared-[hash]',
    outdir,
  });
  // Worklets and workers are loaded by themselves: each a file of its own.
  await build({
    ...options,
    entryPoints: {
      'capture-worklet': 'sessions/audio/capture-worklet.ts',
      'playback-worklet': 'sessions/audio/playback-worklet.ts',
      'local-worklet': 'sessions/audio/local-worklet.ts',
      'network-worker': 'sessions/network/network-worker.ts',
      'clean-worker': 'sessions/files/clean-worker.ts',
    },
    outdir,
  });
  for (const name of ['icon.svg', 'theme.css'])
    await cp(join(folder, 'public', name), join(dist, name));
  await cp(join(folder, 'sessions/public'), dist, { recursive: true });
  if (existsSync(core)) await cp(core, join(dist, 'anc-core.wasm'));
}
