#!/usr/bin/env node
// The first file that runs: it must load in every version of Node, to refuse the ones that are too old in one line.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Slipway needs Node 20.19 or newer, and this is Node ${process.versions.node}. Install one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  import('../../../dist/slipway.js').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('slipway.js')) throw error;
    process.stderr.write(
      'slipway is not built. In the folder of the clone, run: npm ci --include=dev\n  (NODE_ENV=production leaves out the development dependencies, with which it is built.)\n',
    );
    process.exitCode = 1;
  });
}
