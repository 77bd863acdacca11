import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'firmware/build/**'],
    globalSetup: ['host/setup/vitest-global.ts'],
    // Backups of settings and the like must not go where those of the developer are.
    env: { XDG_STATE_HOME: join(tmpdir(), 'anc-test-state') },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine this runs on; timing tests need room beside the compiler's child processes.
    maxWorkers: 2,
    pool: 'forks',
  },
});
