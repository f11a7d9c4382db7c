// Does what the README tells a newcomer to do: clones the repository into a temporary folder, runs the first command
// there until an endpoint answers, then the second.
//
//   node scripts/try-readme.mjs [--first-only]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readmeCommands } from './readme-commands.mjs';
import { ROOT } from './root.mjs';

const LIVE_WITHIN_MS = 10 * 60_000;
const STOPS_WITHIN_MS = 30_000;

const [first, second] = await readmeCommands();
const parent = await mkdtemp(join(tmpdir(), 'slipway-readme-'));
const clone = join(parent, 'slipway');
// Tests run Slipway as another user, too.
await chmod(parent, 0o755);
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
  const ended = new Promise((resolve) => shell.once('close', resolve));
  try {
    const endpoint = await within(LIVE_WITHIN_MS, 'no endpoint came up', [endpointShownBy(shell), ended]);
    must(
      typeof endpoint === 'object' && endpoint !== null,
      `it ended with ${endpoint} before an endpoint was live`,
    );
    say(`an endpoint is live after ${Math.round((performance.now() - started) / 1000)} s`);
    await callEndpoint(endpoint);
  } finally {
    interrupt(shell);
  }
  // npm and the shell each have a code of their own for Ctrl-C; what counts is that everything is gone.
  await within(STOPS_WITHIN_MS, 'Ctrl-C did not stop it', [ended]);
  say('Ctrl-C stopped it');
}

/**
 * @typedef {{ url: string, token: string }} Endpoint what the program prints once its endpoint is live
 *
 * @param {import('node:child_process').ChildProcess} shell
 * @returns {Promise<Endpoint>}
 */
function endpointShownBy(shell) {
  let text = '';
  return new Promise((resolve) => {
    for (const stream of [shell.stdout, shell.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ chunk) => {
        process.stdout.write(chunk);
        text += chunk.toString();
        const url = /\burl +(http:\S+)/.exec(text)?.[1];
        const token = /\btoken +(\S+)/.exec(text)?.[1];
        if (url !== undefined && token !== undefined) resolve({ url, token });
      });
    }
  });
}

/**
 * Asks the endpoint for a body that works, and sends it.
 *
 * @param {Endpoint} endpoint
 */
async function callEndpoint({ url, token }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const described = await fetch(url.replace(/\/predict$/, ''), { headers });
  must(described.ok, `the endpoint described itself with ${described.status}`);
  const { example } = /** @type {{ example: unknown }} */ (await described.json());
  const body = JSON.stringify(example);
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  say(`${body}\n→ ${answer.status} ${text}`);
  must(answer.ok && JSON.parse(text).predictions.length === 1, 'the endpoint did not answer its own example');
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
