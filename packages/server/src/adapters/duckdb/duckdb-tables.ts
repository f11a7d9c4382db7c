import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import type { TableEngine, Workspace } from '../../journey/ingest/index.ts';
import { openCage } from './cage.ts';
import { DuckdbWorkspace } from './duckdb-workspace.ts';
import { translating } from './errors.ts';

export type DuckdbTablesOptions = {
  /** Where scratch folders are made: inside the data folder, on the file system of the objects. */
  scratchFolder: string;
  memoryLimitBytes: number;
  threads: number;
};

/** The table engine on DuckDB: every workspace is a caged in-memory database with a scratch folder of its own. */
export function createDuckdbTables(options: DuckdbTablesOptions): TableEngine {
  return {
    async open({ reads, signal }): Promise<Workspace> {
      if (signal?.aborted) throw fail('job.cancelled');
      await mkdir(options.scratchFolder, { recursive: true });
      const folder = await mkdtemp(join(await realpath(options.scratchFolder), 'table-'));
      try {
        const cage = await translating(
          openCage({ ...options, folder, reads: [...reads, ...(await realPaths(reads))] }),
        );
        return new DuckdbWorkspace({ ...cage, folder, signal });
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

async function realPaths(paths: readonly string[]): Promise<string[]> {
  return Promise.all(paths.map((path) => realpath(path).catch(() => path)));
}
