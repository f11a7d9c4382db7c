import { defineConfig } from 'vitest/config';
import { SkipReporter } from './scripts/testing/skip-reporter.mjs';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['scripts/testing/seed-properties.mjs'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    reporters: ['default', new SkipReporter()],
  },
});
