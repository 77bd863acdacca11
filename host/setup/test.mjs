// npm test [-- VITEST ARGUMENTS]: sets up what is missing, builds, and runs all tests.
import { join } from 'node:path';
import { ensureSystemPackages, root, run } from './steps.mjs';

ensureSystemPackages('build', 'test');
await import('./build.mjs');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
process.exit(run(process.execPath, [vitest, 'run', ...process.argv.slice(2)]));
