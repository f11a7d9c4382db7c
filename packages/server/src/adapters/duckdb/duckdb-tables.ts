import { mkdir, mkdtemp, realpath, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import type { TableEngine, Workspace } from '../../stages/ingest/index.ts';
import { openDuckdbSandbox } from './duckdb-sandbox.ts';
import { DuckdbWorkspace } from './duckdb-workspace.ts';
import { translating } from './errors.ts';

export type DuckdbTablesOptions = {
  /** Where scratch folders are made: inside the data folder, on the file system of the objects. */
  scratchFolder: string;
  memoryLimitBytes: number;
  /** Bytes of temporary files of a workspace at most; three quarters of the free disk at most in any case. */
  maxScratchBytes?: number;
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
        const scratchLimitBytes = await scratchLimit(folder, options.maxScratchBytes);
        const sandbox = await translating(
          openDuckdbSandbox({
            ...options,
            folder,
            spillLimitBytes: scratchLimitBytes,
            reads: [...reads, ...(await realPaths(reads))],
          }),
        );
        return new DuckdbWorkspace({ ...sandbox, folder, signal, scratchLimitBytes });
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

/** So that the server, which writes to the same disk, keeps room. */
const SHARE_OF_FREE_DISK = 0.75;

async function scratchLimit(folder: string, most = Number.POSITIVE_INFINITY): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.min(most, Math.floor(bavail * bsize * SHARE_OF_FREE_DISK));
}

async function realPaths(paths: readonly string[]): Promise<string[]> {
  return Promise.all(paths.map((path) => realpath(path).catch(() => path)));
}
