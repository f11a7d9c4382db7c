import { join } from 'node:path';
import { openDuckdbSandbox } from '../../packages/server/src/adapters/duckdb/duckdb-sandbox.ts';
import { createDuckdbTables } from '../../packages/server/src/adapters/duckdb/index.ts';
import { openFileObjects } from '../../packages/server/src/adapters/objects/index.ts';
import { ingestFile } from '../../packages/server/src/stages/ingest/index.ts';

export type SideOptions = { file: string; home: string; threads: number; memoryBytes: number };
export type Measured = { seconds: number; cpuSeconds: number; peakMebibytes: number; rows: number };

/** What DuckDB alone needs to read the file, types found by itself, and to write it as Parquet. */
export async function bareCopy({ file, home, threads, memoryBytes }: SideOptions): Promise<Measured> {
  const { connection } = await openDuckdbSandbox({
    folder: home,
    reads: [file],
    spillLimitBytes: Number.MAX_SAFE_INTEGER,
    memoryLimitBytes: memoryBytes,
    threads,
  });
  const to = join(home, 'copy.parquet');
  const query = `COPY (SELECT * FROM read_csv('${file}')) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`;
  return measured(async () => Number((await (await connection.run(query)).getRows())[0]![0]));
}

/** A dataset version from the file, as the ingest job makes one. */
export async function ingestOnce({ file, home, threads, memoryBytes }: SideOptions): Promise<Measured> {
  const objects = await openFileObjects(join(home, 'objects'));
  const scratchFolder = join(home, 'work');
  const tables = createDuckdbTables({ scratchFolder, memoryLimitBytes: memoryBytes, threads });
  return measured(
    async () => (await ingestFile({ file, fileName: 'mixed.csv' }, { tables, objects })).manifest.rows,
  );
}

async function measured(work: () => Promise<number>): Promise<Measured> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const rows = await work();
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
  const { user, system } = process.cpuUsage(before);
  const peakMebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
  return { seconds, cpuSeconds: Number(((user + system) / 1e6).toFixed(1)), peakMebibytes, rows };
}
