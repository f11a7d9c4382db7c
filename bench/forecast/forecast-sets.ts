import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckdbTables } from '../../packages/server/src/adapters/duckdb/index.ts';
import { openFileObjects } from '../../packages/server/src/adapters/objects/index.ts';
import { type Clock, systemClock } from '../../packages/server/src/kernel/index.ts';
import { ingestFile, readTable } from '../../packages/server/src/stages/ingest/index.ts';
import {
  prepareSeries,
  type Series,
  type SeriesSet,
  seriesRows,
} from '../../packages/server/src/stages/train/index.ts';
import { SOURCES } from './sources.ts';

/** Budgets are counted in processor time, so that neighbours on the machine change no figures. */
export const processorClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** Sets of series, read from their files as Slipway reads them. */
export type ForecastSets = {
  /** A folder for files, which goes when the sets are closed. */
  folder: string;
  /** At most so many series of a set, evenly spread, each of at least four horizons. */
  read(name: string, mostSeries: number): Promise<SeriesSet>;
  close(): void;
};

/** Opens the sets whose files are in `data`. */
export async function openForecastSets(data: string): Promise<ForecastSets> {
  const folder = mkdtempSync(join(tmpdir(), 'forecast-'));
  const tables = createDuckdbTables({
    scratchFolder: join(folder, 'scratch'),
    memoryLimitBytes: 1e9,
    threads: 1,
  });
  const objects = await openFileObjects(join(folder, 'objects'));
  return {
    folder,
    async read(name, mostSeries) {
      const source = SOURCES[name];
      if (source === undefined)
        throw new Error(`no set ${name}; there are ${Object.keys(SOURCES).join(', ')}`);
      const { file, write } = source;
      const path = join(write === undefined ? data : folder, file);
      write?.(data, path);
      const { manifest } = await ingestFile({ file: path, fileName: file }, { tables, objects });
      const table = await readTable(manifest, { tables, objects });
      const { rows } = seriesRows(table, { ...source, exclude: ['rownames'], dataset: name });
      return sampled(prepareSeries(rows, { horizon: source.horizon }), mostSeries);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A series without its last steps; what is known of them in advance stays. */
export function without(series: Series, steps: number): Series {
  const length = Math.max(3, series.values.length - steps);
  return { ...series, values: series.values.slice(0, length), filled: series.filled.slice(0, length) };
}

function sampled(set: SeriesSet, most: number): SeriesSet {
  const long = set.series.filter(({ values }) => values.length >= 4 * set.horizon);
  const step = Math.max(1, long.length / most);
  const count = Math.min(long.length, most);
  return { ...set, series: Array.from({ length: count }, (_, i) => long[Math.floor(i * step)]!) };
}
