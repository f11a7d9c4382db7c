import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadOptions } from '@slipway/contract';
import { createDuckdbTables } from '../adapters/duckdb/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { type Ingested, type IngestPorts, ingestFile } from '../stages/ingest/index.ts';

/** A real table engine and a real object store in a temporary folder. */
export type TemporaryLake = {
  ports: IngestPorts;
  folder: string;
  /** Writes a file beside the lake and returns its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  ingest(name: string, content: string | Uint8Array, options?: ReadOptions): Promise<Ingested>;
  /** Names of scratch files and half-written objects; empty unless something was left behind. */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
};

export async function temporaryLake(): Promise<TemporaryLake> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-lake-'));
  const scratchFolder = join(folder, 'scratch');
  const tables = createDuckdbTables({ scratchFolder, memoryLimitBytes: 512e6, threads: 2 });
  const objects = await openFileObjects(join(folder, 'objects'));
  const file = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  return {
    ports: { tables, objects },
    folder,
    file,
    ingest: async (name, content, options = {}) =>
      ingestFile({ file: await file(name, content), fileName: name, options }, { tables, objects }),
    leftovers: async () => [
      ...(await readdir(scratchFolder).catch(() => [])),
      ...(await readdir(join(folder, 'objects', 'incoming'))),
    ],
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
