import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    pool: 'forks',
    // Each file drives a VS Code and a browser of its own: two at once would starve each other on a small machine.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 360_000,
  },
});
