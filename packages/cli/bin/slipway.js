#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../../../dist/slipway.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('slipway is not built yet. In the folder of the clone, run: npm run build\n');
  process.exitCode = 1;
}
