// Does what the README tells a newcomer to do: clones the repository into a temporary folder, runs the first command
// there until an endpoint answers, then the second.
//
//   node scripts/try-readme.mjs [--first-only]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readmeCommands } from './readme-commands.mjs';
import { ROOT } from './root.mjs';

const LIVE_WITHIN_MS = 10 * 60_000;
const STOPS_WITHIN_MS = 30_000;

const [first, second] = await readmeCommands();
const parent = await mkdtemp(join(tmpdir(), 'slipway-readme-'));
const clone = join(parent, 'slipway');
try {
  must(
    spawnSync('git', ['clone', '--quiet', ROOT, clone], { stdio: 'inherit' }).status === 0,
    'the clone failed',
  );
  const data = join(dirname(ROOT), 'shared');
  if (existsSync(data)) await symlink(data, join(parent, 'shared'));
  await tryShip(first);
  if (!process.argv.includes('--first-only')) {
    say(`$ ${second}`);
    const { status } = spawnSync('bash', ['-c', second], {
      cwd: clone,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    process.exitCode = status ?? 1;
  }
} finally {
  await rm(parent, { recursive: true, force: true });
}

/**
 * Runs the shipping command until it tells how to call the endpoint, calls it, and stops it as a person would.
 *
 * @param {string} command
 */
async function tryShip(command) {
  say(`$ ${command}`);
  const started = performance.now();
  const shell = spawn('bash', ['-c', command], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise((resolve) => shell.once('close', (code) => resolve(code)));
  try {
    const call = await within(LIVE_WITHIN_MS, 'no endpoint came up', [callShownBy(shell), ended]);
    must(typeof call === 'string', `the command ended with ${call} before an endpoint was live`);
    say(
      `an endpoint is live after ${Math.round((performance.now() - started) / 1000)} s; calling it as printed`,
    );
    const answer = spawnSync('bash', ['-c', `${call} --silent --show-error --fail-with-body`], {
      encoding: 'utf8',
    });
    process.stdout.write(answer.stdout + answer.stderr);
    must(answer.status === 0, 'the endpoint did not answer the call that was printed');
    must(Array.isArray(JSON.parse(answer.stdout).predictions), 'the answer holds no predictions');
  } finally {
    interrupt(shell);
  }
  const code = await within(STOPS_WITHIN_MS, 'Ctrl-C did not stop it', [ended]);
  must(code === 0 || code === 130, `Ctrl-C ended it with ${code}`);
}

/**
 * The `curl` command that the program prints once its endpoint is live; long ones may be continued by backslashes.
 *
 * @param {import('node:child_process').ChildProcess} shell
 * @returns {Promise<string>}
 */
function callShownBy(shell) {
  let text = '';
  return new Promise((resolve) => {
    for (const stream of [shell.stdout, shell.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => {
        process.stdout.write(chunk);
        text += chunk.toString();
        const found = /^[^\n]*?(curl (?:.*\\\n)*.*)\n/m.exec(text)?.[1];
        if (found !== undefined) resolve(found.trim());
      });
    }
  });
}

/** @param {import('node:child_process').ChildProcess} shell its whole process group, as a terminal's Ctrl-C does */
function interrupt(shell) {
  if (shell.pid === undefined || shell.exitCode !== null) return;
  process.kill(-shell.pid, 'SIGINT');
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {string} otherwise
 * @param {Promise<T>[]} promises
 * @returns {Promise<T>}
 */
async function within(milliseconds, otherwise, promises) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), milliseconds);
  });
  try {
    return await Promise.race([...promises, /** @type {Promise<never>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {boolean} holds
 * @param {string} otherwise
 * @returns {asserts holds}
 */
function must(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`\n${line}\n`);
}
