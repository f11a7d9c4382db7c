// Runs the suites of what exported images ship on the Node.js that they ship, which is another major than development's.
//
//   npm run test:image-node [-- VITEST ARGUMENTS]
//   npm run test:image-node -- --install-only                puts that Node there and prints its path
//   npm run test:image-node -- --all [VITEST ARGUMENTS]      every suite there is
//   npm run test:image-node -- --turn N [VITEST ARGUMENTS]   and every unit suite, and every eighth file of the others under tests/;
//                                                            N to N + 7 together are every suite
//
// That Node comes as a package, by the lockfile in scripts/image-node; it stays out of node_modules of the repository, whose
// commands stand before the machine's own. The suites are those of the inference process and of what it is made of: its
// protocols, models and logs, the bundles and exports that it serves, and an exported folder from end to end.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './root.mjs';

const SUITES = [
  'packages/server/src/inference',
  'packages/server/src/stages/serve',
  'packages/server/src/stages/pack',
  'packages/server/src/adapters/grpc',
  'packages/server/src/adapters/onnx',
  'packages/server/src/adapters/prediction-log',
  'packages/server/src/adapters/tls',
  'packages/server/src/main/keep-serving.test.ts',
  'packages/server/src/main/model-runtime.test.ts',
  'tests/clients',
  'tests/lifecycle/export.test.ts',
];

/** Suites that fit models to whole tables before they pack them, which images never do; without `--turn` they are left out. */
const NOT = [
  'packages/server/src/stages/pack/real-data.test.ts',
  'packages/server/src/stages/pack/real-parts.test.ts',
  'packages/server/src/stages/pack/precision.test.ts',
];

/** Of so many turns each has its share of the other suites under tests/. */
const TURNS = 8;

const given = process.argv.slice(2);
const isAll = given.includes('--all');
const turnAt = given.indexOf('--turn');
const turn = turnAt === -1 ? undefined : Number(given[turnAt + 1]);
if (turn !== undefined && !Number.isInteger(turn)) throw new Error('--turn takes a whole number');
const passedOn = given.filter(
  (argument, index) => argument !== '--all' && (turnAt === -1 || ![turnAt, turnAt + 1].includes(index)),
);

const HOME = join(ROOT, 'scripts/image-node');
const folder = join(HOME, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');

install();
const node = join(folder, 'node');
if (given.includes('--install-only')) {
  process.stdout.write(`${node}\n`);
  process.exit(0);
}
const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
process.stdout.write(`Node.js ${version}, as exported images ship it\n`);

const files = testFiles();
/** @param {string} path */
const ofImages = (path) => SUITES.some((suite) => path.startsWith(suite)) && !NOT.includes(path);
const usual = files.filter((path) => ofImages(path) || (turn !== undefined && path.startsWith('packages/')));
const others = files.filter((path) => !usual.includes(path));
const chosen = turn === undefined ? [] : everyEighth(others, turn);
process.stdout.write(
  isAll
    ? 'every suite\n'
    : `${usual.length} files, and by turns ${chosen.length} of the ${others.length} others\n`,
);

const { status } = spawnSync(
  node,
  [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...(isAll ? [] : [...usual, ...chosen]), ...passedOn],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  },
);
process.exitCode = status ?? 1;

/**
 * Of the turns 0 to 7 each has what the others have not.
 *
 * @param {string[]} paths
 * @param {number} turn
 */
function everyEighth(paths, turn) {
  return paths.filter((_, index) => (index + turn) % TURNS === 0);
}

/** Every test file, in the order of their names. */
function testFiles() {
  return ['packages', 'tests']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(folder, path),
      ),
    )
    .filter((path) => /\.test\.tsx?$/.test(path) && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
    .sort();
}

/** Puts the Node of the lockfile there, unless it is. */
function install() {
  const { packages } = JSON.parse(readFileSync(join(HOME, 'package-lock.json'), 'utf8'));
  const name = `node_modules/node-${process.platform}-${process.arch}`;
  if (packages[name] === undefined)
    throw new Error(`images run on Linux, x64 or arm64; there is no ${name} to test them with`);
  const there = join(HOME, name, 'package.json');
  if (existsSync(there) && JSON.parse(readFileSync(there, 'utf8')).version === packages[name].version) return;
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: HOME,
    stdio: 'inherit',
  });
  if (npm.status !== 0) throw new Error('npm ci in scripts/image-node failed');
}
