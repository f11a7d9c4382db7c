// Makes `dist/`, the programs and the console, and the SDK in `packages/sdk/dist/`. `npm ci` runs it, so a clone is runnable without another step.
//
//   node scripts/build.mjs [--verbose]
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const verbose = process.argv.includes('--verbose');
/** @param {string} line */
const log = (line) => {
  if (verbose) process.stderr.write(`${line}\n`);
};

if (isInstalled('esbuild')) await build();
else if (!existsSync(new URL('../dist/slipway.js', import.meta.url))) {
  process.stderr.write(
    'slipway: not built, since the development dependencies are not installed (NODE_ENV=production or --omit=dev leaves them out). Run: npm ci --include=dev\n',
  );
  process.exitCode = 1;
}

async function build() {
  const { buildBundles } = await import('./build/bundles.mjs');
  const { buildConsole } = await import('./build/console.mjs');
  const { buildDatabase } = await import('./build/database.mjs');
  const { buildSdk } = await import('./build/sdk.mjs');
  await Promise.all([
    buildBundles({ log }),
    buildConsole({ log }),
    buildDatabase({ log }),
    buildSdk({ log }),
  ]);
}

/** @param {string} name */
function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
