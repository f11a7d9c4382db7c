// The one gate, the same words everywhere: `npm run check`. Runs every step, says which failed, and fails if any did.
//
//   node scripts/check.mjs [--except STEP[,STEP…]] [--only STEP[,STEP…]]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './root.mjs';

/** @type {Record<string, { says: string, run: string[][] }>} */
const STEPS = {
  format: { says: 'format and lint', run: [['biome', 'check', '--error-on-warnings', '.']] },
  types: {
    says: 'types',
    run: [
      ['tsc', '-p', '.'],
      ['tsc', '-p', 'packages/console'],
    ],
  },
  lookups: { says: 'no lookup by a key from outside', run: [['node', 'scripts/check-lookups.mjs']] },
  patterns: { says: 'regular expressions in linear time', run: [['node', 'scripts/check-patterns.mjs']] },
  imports: { says: 'import rules', run: [['node', 'scripts/check-imports.mjs']] },
  dead: { says: 'dead code and unused dependencies', run: [['knip', '--no-progress']] },
  generated: { says: 'generated files are fresh', run: [['node', 'scripts/generate.mjs', '--check']] },
  tests: { says: 'tests', run: [['npm', 'test']] },
};

const { values } = parseArgs({ options: { except: { type: 'string' }, only: { type: 'string' } } });
const only = values.only?.split(',') ?? Object.keys(STEPS);
const except = values.except?.split(',') ?? [];
const unknown = [...only, ...except].filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0)
  throw new Error(`no step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}`);

const failed = Object.entries(STEPS)
  .filter(([name]) => only.includes(name) && !except.includes(name))
  .filter(([, { says, run }]) => {
    process.stderr.write(`\n── ${says}\n`);
    return run.map(succeeds).includes(false);
  });
process.stderr.write(
  failed.length === 0
    ? '\ncheck: all is well\n'
    : `\ncheck: failed at ${failed.map(([name]) => name).join(', ')}; again alone: npm run check -- --only ${failed[0]?.[0]}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * @param {string[]} words
 * @returns {boolean}
 */
function succeeds([program = '', ...words]) {
  const local = join(ROOT, 'node_modules/.bin', program);
  const { status } = spawnSync(existsSync(local) ? local : program, words, { cwd: ROOT, stdio: 'inherit' });
  return status === 0;
}
