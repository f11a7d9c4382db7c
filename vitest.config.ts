import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { SkipReporter } from './scripts/testing/skip-reporter.mjs';

/** Our packages as their sources rather than as they are built. */
const conditions = ['slipway-source'];

const project = (name: string, include: string[], { isolate }: { isolate: boolean }) => ({
  extends: true as const,
  test: {
    name,
    include,
    isolate,
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['scripts/testing/seed-properties.mjs'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});

export default defineConfig({
  resolve: { conditions: [...conditions, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [...conditions, ...defaultServerConditions] } },
  test: {
    maxWorkers: 2,
    reporters: ['default', new SkipReporter()],
    projects: [
      project('system', ['tests/**/*.test.ts'], { isolate: true }),
      // What they have in common is loaded once for each worker, not once for each file: a third of their time.
      project('units', ['packages/*/src/**/*.test.{ts,tsx}'], { isolate: false }),
    ],
  },
});
