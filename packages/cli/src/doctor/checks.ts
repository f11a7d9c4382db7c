import { randomUUID } from 'node:crypto';
import { access, constants, open, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isFailure } from '@slipway/contract';
import { connect, findServer, readServerFile } from '../connect.ts';
import { environment } from '../environment.ts';
import { isTight, memoryInWords } from '../memory-in-words.ts';
import type { CommonOptions } from '../options.ts';
import { bytes } from '../output.ts';
import { inspectDataFolder, inspectMemory, inspectSandbox, type UpOptions } from '../platform.ts';

/** A warning is ok, and its fix is told all the same. */
export type Finding = { ok: boolean; warns?: boolean; says: string; fix: string };
export type Check = { name: string; run(options: CommonOptions & UpOptions): Promise<Finding> };

const LEAST_NODE = [20, 19] as const;
const MEBIBYTE = 1024 ** 2;
const LEAST_MEMORY = 2 * 1024 ** 3;
const LEAST_MEMORY_TO_SERVE = 512 * MEBIBYTE;
const LEAST_DISK = 2 * 1024 ** 3;

/** What a machine needs, one check each. */
export const CHECKS: readonly Check[] = [
  { name: 'Node', run: checkNode },
  { name: 'memory', run: checkMemory },
  { name: 'disk', run: checkDisk },
  { name: 'data folder', run: checkDataFolder },
  { name: 'sandbox', run: checkSandbox },
  { name: 'ports', run: checkPorts },
  { name: 'clock', run: checkClock },
  { name: 'server', run: checkServer },
  { name: 'proxy', run: checkProxy },
  { name: 'unused files', run: checkUnused },
];

async function checkNode(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return {
    ok,
    says: `${process.versions.node}, ${availableParallelism()} cores`,
    fix: `install Node ${LEAST_NODE.join('.')} or newer`,
  };
}

/** What the container or the service may use counts, where that is less than the machine has. */
async function checkMemory(options: CommonOptions & UpOptions): Promise<Finding> {
  const fix =
    'serving and imports need 512 MiB, training 1 GiB, and 2 GiB for large tables: raise the limit, or train elsewhere';
  const memory = inspectMemory(options);
  if ('refused' in memory) return { ok: false, says: memory.refused, fix: 'mend that setting' };
  const limit = memory.limitMegabytes * MEBIBYTE;
  const isLimited = limit < totalmem() - MEBIBYTE;
  const free = isLimited ? process.availableMemory() : freemem();
  const says = `${bytes(free)} free of ${bytes(limit)}${isLimited ? ' that this container or service may use' : ''}`;
  return {
    ok: limit >= LEAST_MEMORY_TO_SERVE,
    warns: limit < LEAST_MEMORY,
    says: isTight(memory) ? `${says}; ${memoryInWords(memory)}` : says,
    fix,
  };
}

async function checkDisk({ data }: CommonOptions): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestFolder(resolve(data)));
  const free = bavail * bsize;
  return {
    ok: free >= LEAST_DISK,
    says: `${bytes(free)} free for ${resolve(data)}`,
    fix: 'free some space, or choose another folder with --data',
  };
}

/** Only a data folder is written to: a folder that is not one yet, and the folders above it, are looked at. */
async function checkDataFolder(options: CommonOptions & UpOptions): Promise<Finding> {
  const fix = 'choose a folder you may write to, with --data';
  const folder = resolve(options.data);
  const found = inspectDataFolder({ ...options, data: folder });
  if ('refused' in found)
    return {
      ok: false,
      says: found.refused,
      fix: 'name a new or empty folder, or a data folder, with --data',
    };
  try {
    if (found.state === 'marked' || found.state === 'earlier') {
      await writeSynced(folder);
      return { ok: true, says: `${folder} takes synced writes`, fix };
    }
    const parent = await nearestFolder(folder);
    await access(parent, constants.W_OK | constants.X_OK);
    return { ok: true, says: `${folder} can be made a data folder`, fix };
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : String(error), fix };
  }
}

/** Writes and syncs a file in the data folder, as every commit will. */
async function writeSynced(folder: string): Promise<void> {
  const path = join(folder, `.slipway-doctor-${randomUUID()}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write('x');
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

/** What limits processes and threads. */
const PROCESSES = {
  group: 'control groups limit their processes',
  namespace: 'the kernel limits processes in each sandbox',
  user: 'the kernel limits processes of all models together, and jobs with too many are ended',
  watched: 'jobs with too many processes are ended, and those of models are not limited',
} as const;

async function checkSandbox(options: CommonOptions & UpOptions): Promise<Finding> {
  const fix =
    'install bubblewrap (on Debian: apt install bubblewrap) and let users make namespaces, so that jobs and imported models are kept from files and network';
  const found = inspectSandbox(options);
  if ('refused' in found) return { ok: false, says: found.refused, fix };
  const limited = PROCESSES[found.processes];
  if (found.lacks === null)
    return { ok: true, says: `jobs and imported models run in bubblewrap; ${limited}`, fix };
  if (found.level === 'bubblewrap')
    return {
      ok: true,
      warns: true,
      says: `jobs and imported models run in bubblewrap, but ${found.lacks}; ${limited}`,
      fix: 'run Slipway as a user that is not root, or let all users read the installed programs',
    };
  const instead =
    found.level === 'limits'
      ? 'jobs and imported models run as your user, without new privileges and with limits'
      : 'jobs and imported models run as your user, with all its rights';
  return { ok: true, warns: true, says: `${instead}: ${found.lacks}; ${limited}`, fix };
}

async function checkPorts(options: CommonOptions & UpOptions): Promise<Finding> {
  const fix = 'choose others with --port and --inference-port';
  if ((await findServer(options).catch(() => undefined)) !== undefined)
    return { ok: true, says: 'in use by the Slipway that runs', fix };
  const ports = [Number(options.port ?? 7400), Number(options.inferencePort ?? 7401)];
  const taken = (await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat();
  return {
    ok: taken.length === 0,
    says: taken.length === 0 ? `${ports.join(' and ')} are free` : `${taken.join(' and ')} in use`,
    fix,
  };
}

async function checkClock(): Promise<Finding> {
  const year = new Date().getUTCFullYear();
  return {
    ok: year >= 2026 && year < 2100,
    says: new Date().toISOString(),
    fix: 'set the clock; every record carries it',
  };
}

/** A server that was named must answer; one that left word in the data folder and does not is told of. */
async function checkServer(options: CommonOptions): Promise<Finding> {
  try {
    const server = await findServer(options);
    if (server !== undefined) return { ok: true, says: server, fix: '' };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ok: false, says: error.message, fix: error.hint };
  }
  const left = await readServerFile(options.data);
  if (left === undefined) return { ok: true, says: 'none runs on this data folder', fix: '' };
  return {
    ok: true,
    warns: true,
    says: `the one at ${left.url} (process ${left.pid}) does not answer: it was killed, or is of another container`,
    fix: 'start it again with slipway up; nothing that was acknowledged is lost',
  };
}

/** Calls to this machine are spared by this program; other clients may send them to the proxy. */
async function checkProxy(): Promise<Finding> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;
  const set = names.filter((name) => environment(name) !== undefined);
  if (set.length === 0) return { ok: true, says: 'none is set', fix: '' };
  const says = `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set; Slipway calls this machine without it`;
  const fix =
    'where curl or a client of your own calls an endpoint here, set NO_PROXY=localhost,127.0.0.1 for it too';
  return { ok: true, warns: true, says, fix };
}

/** Asks the server of the data folder, where one runs. */
async function checkUnused(options: CommonOptions): Promise<Finding> {
  const client = await connect({ ...options, server: undefined }).catch(() => undefined);
  const refused = await client?.call['system.status']().then(
    ({ cleanUpRefused }) => cleanUpRefused,
    () => undefined,
  );
  const fix =
    'check that the database belongs to this data folder; slipway storage clean --force moves them to the trash';
  if (refused) return { ok: false, says: `they are not removed: ${refused}`, fix };
  const says =
    refused === undefined
      ? 'no running server on this data folder reports this'
      : 'removed when they are not referenced';
  return { ok: true, says, fix };
}

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found?.isDirectory()) return at;
    if (at === dirname(at)) return at;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}
