import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { isId, isoTime, newId, systemClock } from '../../kernel/index.ts';
import { syncFolder, writeSynced } from './synced-files.ts';

/** The file that marks a folder as a data folder. */
export const MARKER = 'slipway-data.json';

const FORMAT = 1;

export type DataFolderMarker = {
  /** Of the marker file: 1. */
  format: number;
  /** UUID of this installation. */
  installation: string;
  /** When the folder was marked: UTC, ISO 8601. */
  createdAt: string;
  /** The version of Slipway that marked it. */
  version: string;
};

/**
 * The marker of `folder`, or undefined when there is none. Throws `storage.newer` when its format is of a newer Slipway,
 * and `storage.marker-unreadable` when it is damaged: nothing then says whose folder it is.
 */
export async function readMarker(folder: string): Promise<DataFolderMarker | undefined> {
  const file = join(folder, MARKER);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw fail('storage.marker-unreadable', { file, reason: code ?? message }, { cause: error });
  }
  return parsed(file, text);
}

/** Whether the folder is still that of the installation; `unknown` where its marker cannot be read now. Never throws. */
export function isMarkedBy(
  folder: string,
  installation: string,
): Promise<'same' | 'another' | 'gone' | 'unknown'> {
  return readMarker(folder).then(
    (marker) => (marker === undefined ? 'gone' : marker.installation === installation ? 'same' : 'another'),
    () => 'unknown' as const,
  );
}

function parsed(file: string, text: string): DataFolderMarker {
  const content = objectIn(text);
  if (content === undefined)
    throw fail('storage.marker-unreadable', { file, reason: 'it is not a JSON object' });
  const { format, installation, createdAt, version } = content;
  if (typeof format === 'number' && format > FORMAT) throw fail('storage.newer');
  if (
    format === FORMAT &&
    typeof installation === 'string' &&
    typeof createdAt === 'string' &&
    typeof version === 'string'
  )
    return { format, installation, createdAt, version };
  const reason = 'it lacks format, installation, createdAt or version';
  throw fail('storage.marker-unreadable', { file, reason });
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined;
    return content as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** EEXIST: another start was faster. ENOENT: that other start has removed our unfinished file. */
const OUTRUN = new Set(['EEXIST', 'ENOENT']);

/**
 * Marks the folder unless it is marked, and returns its marker. The marker is whole from its first moment: written
 * aside and synced, then linked to its name, which one of several starts can do.
 */
export async function ensureMarker(folder: string, version: string): Promise<DataFolderMarker> {
  const found = await readMarker(folder);
  if (found !== undefined) return found;
  const createdAt = isoTime(systemClock.now());
  const marker: DataFolderMarker = { format: FORMAT, installation: randomUUID(), createdAt, version };
  const aside = join(folder, `${MARKER}.${newId('new')}`);
  try {
    await writeSynced(aside, `${JSON.stringify(marker)}\n`);
    await link(aside, join(folder, MARKER));
    await syncFolder(folder);
    return marker;
  } catch (error) {
    if (!OUTRUN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const others = await readMarker(folder);
    if (others === undefined) throw error;
    return others;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Whether a file of that name is a marker that a killed start left unfinished. */
export function isUnfinishedMarker(name: string): boolean {
  return name.startsWith(`${MARKER}.`) && isId('new', name.slice(MARKER.length + 1));
}

export async function removeUnfinishedMarkers(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (isUnfinishedMarker(name)) await rm(join(folder, name), { force: true });
}
