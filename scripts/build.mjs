// Makes `dist/`: the programs and the console. `npm ci` runs it, so a clone is runnable without another step.
//
//   node scripts/build.mjs [--verbose]
import { createRequire } from 'node:module';

const verbose = process.argv.includes('--verbose');
/** @param {string} line */
const log = (line) => {
  if (verbose) process.stderr.write(`${line}\n`);
};

if (isInstalled('esbuild')) await build();
else
  process.stderr.write(
    'slipway: not built, since the development dependencies are not installed (npm ci installs them)\n',
  );

async function build() {
  const { buildBundles } = await import('./build/bundles.mjs');
  const { buildConsole } = await import('./build/console.mjs');
  await Promise.all([buildBundles({ log }), buildConsole({ log })]);
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
