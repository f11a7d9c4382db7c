// A Docker engine for tests, in mount, network and process namespaces of its own: it changes neither the network nor the
// images of this machine, and ends with the process that started it.
//
//   node scripts/testing/docker-engine.mjs      starts one, runs a container and ends it; where that fails, prints why and exits with 1
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { currentNode } from './machine.mjs';

const run = promisify(execFile);

/** Programs, and the Debian packages that have them. */
const PROGRAMS = {
  docker: 'docker.io',
  dockerd: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
};

const STARTS_WITHIN_MS = 60_000;

/** The environment of everything here: programs of root may not be on the PATH. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin` };

/**
 * @typedef {object} Engine
 * @property {(args: readonly string[], options?: { cwd?: string }) => Promise<string>} docker runs `docker ARGS` and gives its stdout
 * @property {(command: readonly string[], options?: { cwd?: string }) => Promise<string>} inNetwork runs a program in the network
 *   of the engine, where published ports are, with DOCKER_HOST set, and gives its stdout
 * @property {() => Promise<void>} stop ends the engine and its containers, and removes what they left
 */

/**
 * Why no engine can be started, as far as that is known without trying; undefined where nothing is missing.
 *
 * @returns {string | undefined}
 */
export function missingForEngine() {
  if (process.platform !== 'linux') return 'Linux is needed';
  if (process.getuid?.() !== 0) return 'root is needed';
  const folders = ENVIRONMENT.PATH.split(delimiter);
  const missing = Object.entries(PROGRAMS).filter(
    ([program]) => !folders.some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map(([, name]) => name))];
  return `${missing.map(([program]) => program).join(', ')} not found (Debian: ${packages.join(', ')})`;
}

/**
 * Starts an engine without images. Throws with the end of its log where it does not start.
 *
 * @returns {Promise<Engine>}
 */
export async function startEngine() {
  const home = await mkdtemp(join(tmpdir(), 'slipway-docker-'));
  const controlGroup = basename(home);
  const address = `unix://${join(home, 'docker.sock')}`;
  const daemon = startDaemon(home, address, controlGroup);
  const environment = { ...ENVIRONMENT, DOCKER_HOST: address, DOCKER_CONFIG: home, DOCKER_BUILDKIT: '0' };
  /** @type {Engine['docker']} */
  const docker = async (args, options) =>
    (await run('docker', [...args], { ...options, env: environment, maxBuffer: 64 * 1024 ** 2 })).stdout;

  async function stop() {
    const containers = await docker(['ps', '--all', '--quiet']).catch(() => '');
    const ids = containers.split('\n').filter(Boolean);
    if (ids.length > 0) await docker(['rm', '--force', ...ids]).catch(() => '');
    await daemon.kill();
    await removeControlGroups(controlGroup);
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  try {
    await untilReady(daemon, () => docker(['version']));
  } catch (error) {
    await stop();
    throw error;
  }
  const pid = await daemon.firstPid();
  return {
    docker,
    stop,
    inNetwork: async (command, options) =>
      (await run('nsenter', ['--target', pid, '--net', '--', ...command], { ...options, env: environment }))
        .stdout,
  };
}

/**
 * Makes a base image for exports of the Node.js that images ship, or else of this one, and of the system libraries of this
 * machine. It has no shell: the Dockerfile of an export runs no command.
 *
 * @param {Engine} engine
 * @param {string} image its name
 */
export async function importBaseImage(engine, image) {
  const node = existsSync(currentNode()) ? currentNode() : process.execPath;
  const home = await mkdtemp(join(tmpdir(), 'slipway-base-image-'));
  const [root, archive] = [join(home, 'root'), join(home, 'base.tar')];
  try {
    const { stdout } = await run('ldd', [node]);
    const linked = [...stdout.matchAll(/\/\S+/g)].map(([path]) => path);
    // Node does not link the C library's librt, and ONNX Runtime does.
    const more = linked
      .filter((path) => basename(path) === 'libc.so.6')
      .map((path) => join(dirname(path), 'librt.so.1'));
    const files = [[node, '/usr/local/bin/node'], ...[...linked, ...more].map((path) => [path, path])];
    for (const [from = '', to = ''] of files) {
      await mkdir(join(root, dirname(to)), { recursive: true });
      await copyFile(from, join(root, to));
    }
    await run('tar', ['--create', '--owner=0', '--group=0', '--file', archive, '--directory', root, '.']);
    await engine.docker(['import', '--change', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', archive, image]);
  } finally {
    await rm(home, { recursive: true });
  }
}

/**
 * @param {string} home
 * @param {string} address
 * @param {string} controlGroup
 */
function startDaemon(home, address, controlGroup) {
  const dockerd = [
    ...['dockerd', '--host', address, '--data-root', join(home, 'data'), '--exec-root', '/run/docker'],
    ...['--pidfile', '/run/docker.pid', '--cgroup-parent', `/${controlGroup}`, '--log-level', 'warn'],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
  ];
  const script = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"';
  const [program = '', ...words] = [
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['unshare', '--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'],
    ...['sh', '-c', script, 'sh'],
    ...dockerd,
  ];
  const child = spawn(program, words, { cwd: home, env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit').then(
    () => {},
    () => {},
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    log = (log + text).slice(-4_000);
  });
  return {
    log: () => log,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    /** The daemon, as process 1 of its namespace, by its id here. */
    firstPid: async () => (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim(),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * @param {ReturnType<typeof startDaemon>} daemon
 * @param {() => Promise<unknown>} ask
 */
async function untilReady(daemon, ask) {
  const until = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const isReady = await ask().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    if (daemon.hasEnded()) throw new Error(`dockerd ended: ${daemon.log()}`);
    if (performance.now() > until)
      throw new Error(`dockerd was not ready within ${STARTS_WITHIN_MS / 1000} s: ${daemon.log()}`);
    await wait(200);
  }
}

/**
 * The daemon makes groups for its containers in every hierarchy, outside its namespaces.
 *
 * @param {string} name
 */
async function removeControlGroups(name) {
  const top = '/sys/fs/cgroup';
  if (!existsSync(top)) return;
  const hierarchies = [top, ...foldersIn(top)].map((folder) => join(folder, name)).filter(existsSync);
  for (const hierarchy of hierarchies) {
    const groups = [hierarchy, ...foldersIn(hierarchy).flatMap((group) => [group, ...foldersIn(group)])];
    for (const group of groups.reverse()) await removeControlGroup(group);
  }
}

/** @param {string} group */
async function removeControlGroup(group) {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return await rmdir(group);
    } catch {
      await wait(50); // its processes are ending
    }
  }
}

/** @param {string} folder */
function foldersIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

async function tryOne() {
  const missing = missingForEngine();
  if (missing !== undefined) throw new Error(missing);
  const engine = await startEngine();
  try {
    await importBaseImage(engine, 'probe');
    const limits = [
      '--read-only',
      '--cap-drop',
      'ALL',
      '--memory',
      '128m',
      '--publish',
      '127.0.0.1:8080:8080',
    ];
    const version = await engine.docker(['run', '--rm', ...limits, 'probe', 'node', '--version']);
    process.stdout.write(`a container ran Node.js ${version.trim()}\n`);
  } finally {
    await engine.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await tryOne();
  } catch (error) {
    process.stderr.write(
      `No Docker engine runs here: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
