import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'firmware/build/**'],
    globalSetup: ['host/setup/vitest-global.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine this runs on; timing tests need room beside the compiler's child processes.
    maxWorkers: 2,
    pool: 'forks',
  },
});
