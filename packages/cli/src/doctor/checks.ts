import { randomUUID } from 'node:crypto';
import { access, constants, open, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findServer } from '../connect.ts';
import type { CommonOptions } from '../options.ts';
import { inspectDataFolder, type UpOptions } from '../platform.ts';
import { bytes } from '../talk.ts';

export type Finding = { ok: boolean; says: string; fix: string };
export type Check = { name: string; run(options: CommonOptions & UpOptions): Promise<Finding> };

const LEAST_NODE = [20, 19] as const;
const LEAST_MEMORY = 2 * 1024 ** 3;
const LEAST_DISK = 2 * 1024 ** 3;

/** What a machine needs, one check each. */
export const CHECKS: readonly Check[] = [
  { name: 'Node', run: checkNode },
  { name: 'memory', run: checkMemory },
  { name: 'disk', run: checkDisk },
  { name: 'data folder', run: checkDataFolder },
  { name: 'ports', run: checkPorts },
  { name: 'clock', run: checkClock },
  { name: 'server', run: checkServer },
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

async function checkMemory(): Promise<Finding> {
  const says = `${bytes(freemem())} free of ${bytes(totalmem())}`;
  return { ok: totalmem() >= LEAST_MEMORY, says, fix: 'training wants at least 2 GiB' };
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

async function checkServer(options: CommonOptions): Promise<Finding> {
  const server = await findServer(options).catch(() => undefined);
  return { ok: true, says: server ?? 'none runs on this data folder', fix: '' };
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
