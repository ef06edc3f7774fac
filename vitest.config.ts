import os from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    pool: 'forks',
    // One beside another even on two processors, where one is the rule: much of a test is spent waiting.
    maxWorkers: Math.max(2, Math.floor(os.availableParallelism() / 2)),
    // Far above what any test needs: a slow machine must not look like a broken program.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
