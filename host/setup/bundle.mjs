// Bundles the host tool into host/dist, the panel and the session server's pages into web-ui/dist. npm packages stay
// outside the tool's bundle: native modules cannot be bundled, and the others load only where they are used.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './steps.mjs';

await build({
  absWorkingDir: root,
  entryPoints: {
    anc: 'host/cli/main.ts',
    'session-worker': 'host/sessions/live/worker/session-worker.ts',
    'analysis-thread': 'host/sessions/jobs/recording-analysis/analysis-thread.ts',
    'tuning-thread': 'host/device/tuning/analysis-thread.ts',
  },
  outdir: 'host/dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  plugins: [
    {
      name: 'npm packages stay outside',
      setup({ onResolve }) {
        onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === 'entry-point' || path.startsWith('@anc/') ? undefined : { path, external: true },
        );
      },
    },
  ],
});

const panel = join(root, 'web-ui', 'build.mjs');
if (existsSync(panel)) {
  const { buildPanel, buildSessionPages } = await import(panel);
  await buildPanel();
  await buildSessionPages();
}
