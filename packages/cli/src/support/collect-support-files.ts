import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { isFailure } from '@slipway/contract';
import { connect } from '../connect.ts';
import { CHECKS } from '../doctor/checks.ts';
import { environment } from '../environment.ts';
import type { CommonOptions } from '../options.ts';
import { printConfig, type UpOptions } from '../platform.ts';
import { VERSION } from '../version.ts';
import { removeSecrets } from './remove-secrets.ts';

/** Of each log, from its end. */
const LOG_BYTES = 2 * 1024 ** 2;
const MOST_LOGS = 20;
/** Entries that are counted below each part of the data folder. */
const MOST_ENTRIES = 100_000;

export type SupportFile = { name: string; text: string };

/**
 * What helps another person to find a fault: versions, settings, findings, the state of the server where one runs, what the data
 * folder holds, and the ends of its logs. None of the data, models or predictions, and no secrets. A part that cannot be had says why.
 */
export async function collectSupportFiles(options: CommonOptions & UpOptions): Promise<SupportFile[]> {
  const folder = resolve(options.data);
  const parts: [string, () => unknown][] = [
    ['about.json', about],
    ['config.json', () => printConfig(options)],
    [
      'doctor.json',
      () => Promise.all(CHECKS.map(async ({ name, run }) => ({ name, ...(await run(options)) }))),
    ],
    ['status.json', async () => (await connect(options)).call['system.status']()],
    ['data-folder.json', () => inventory(folder)],
  ];
  const known = await knownSecrets(folder, options);
  const files = await Promise.all(
    parts.map(async ([name, read]) => ({ name, text: `${JSON.stringify(await told(read), null, 2)}\n` })),
  );
  return [...files, ...(await logs(folder))].map(({ name, text }) => ({
    name,
    text: removeSecrets(text, known),
  }));
}

async function told(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return { unavailable: isFailure(error) ? error.message : String(error) };
  }
}

function about() {
  return {
    slipway: VERSION,
    node: process.versions,
    system: { platform: process.platform, architecture: process.arch, release: release() },
    cores: availableParallelism(),
    memoryBytes: { total: totalmem(), free: freemem(), constrained: process.constrainedMemory() },
    user: { isRoot: process.getuid?.() === 0 },
    collectedAt: new Date().toISOString(),
  };
}

/** Keys in files, and secrets told to this program. */
async function knownSecrets(folder: string, options: CommonOptions): Promise<string[]> {
  const files = await Promise.all(
    ['owner.key', 'identity.key'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  );
  const given = [options.token, environment('SLIPWAY_TOKEN'), environment('SLIPWAY_DATABASE_URL')];
  return [...files, ...given.filter((one) => one !== undefined)];
}

/** How many files and bytes each part of the data folder holds, and the marker. */
async function inventory(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  const parts = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return { name: entry.name, ...(entry.isDirectory() ? await countIn(path) : await sizeOf(path)) };
    }),
  );
  const marker = await told(async () =>
    JSON.parse(await readFile(join(folder, 'slipway-data.json'), 'utf8')),
  );
  return { folder, marker, parts };
}

async function countIn(folder: string): Promise<{ files: number; bytes: number; isWhole: boolean }> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let [files, bytes] = [0, 0];
  for (const name of names.slice(0, MOST_ENTRIES)) {
    const { files: one, bytes: size } = await sizeOf(join(folder, name));
    files += one;
    bytes += size;
  }
  return { files, bytes, isWhole: names.length <= MOST_ENTRIES };
}

async function sizeOf(path: string): Promise<{ files: number; bytes: number }> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() ? { files: 1, bytes: found.size } : { files: 0, bytes: 0 };
}

async function logs(folder: string): Promise<SupportFile[]> {
  const names = (await readdir(join(folder, 'logs')).catch(() => [])).sort().slice(0, MOST_LOGS);
  const ends = await Promise.all(
    names.map(async (name) => ({ name: `logs/${name}`, text: await endOf(join(folder, 'logs', name)) })),
  );
  return ends.filter((file): file is SupportFile => file.text !== undefined);
}

/** The last lines of a file, whole; undefined of what is no file that can be read. */
async function endOf(path: string): Promise<string | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - LOG_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(size, LOG_BYTES)),
      0,
      undefined,
      start,
    );
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
