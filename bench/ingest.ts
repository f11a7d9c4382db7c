/**
 * Ingesting a CSV file beside DuckDB's bare COPY of it to Parquet, with the same threads and memory limit. Ingesting also
 * finds out the form and the types, checks every value, profiles every column and stores the result by its hash, synced.
 *
 * Run: `npm run bench -- ingest [--rows 500000] [--rounds 3] [--threads 2] [--memory 2048] [--file FILE]`
 * A file that is given is read instead of one that is made (10 columns, seed 1; 5000000 rows are 418 MB).
 * Each side runs in a process of its own, in turns. Prints the seconds and the peak memory of each, and the ratio of the
 * medians.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeMixedTable } from './ingest/mixed-table.ts';
import { bareCopy, ingestOnce, type Measured, type SideOptions } from './ingest/sides.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    memory: { type: 'string', default: '2048' },
    file: { type: 'string' },
    side: { type: 'string' },
    home: { type: 'string' },
  },
});
const SIDES = { copy: bareCopy, ingest: ingestOnce } as const;
type Side = keyof typeof SIDES;

if (options.side === undefined) await compare();
else
  console.log(JSON.stringify(await SIDES[options.side as Side](sideOptions(options.file!, options.home!))));

async function compare(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-ingest-'));
  try {
    const file = options.file ?? join(home, 'mixed.csv');
    if (options.file === undefined) await writeMixedTable(file, Number(options.rows), 1);
    const megabytes = Math.round(statSync(file).size / 1e6);
    console.log(JSON.stringify({ megabytes, load: loadavg()[0] }));
    const found: Record<Side, Measured[]> = { copy: [], ingest: [] };
    for (let round = 1; round <= Number(options.rounds); round++) {
      for (const side of ['copy', 'ingest'] as const) {
        const measured = runSide(side, file, join(home, `${side}-${round}`));
        found[side].push(measured);
        console.log(JSON.stringify({ round, side, ...measured }));
      }
    }
    const seconds = (side: Side) => median(found[side].map((one) => one.seconds));
    const memory = (side: Side) => Math.max(...found[side].map((one) => one.peakMebibytes));
    console.log(
      JSON.stringify({
        copySeconds: seconds('copy'),
        ingestSeconds: seconds('ingest'),
        ratio: Number((seconds('ingest') / seconds('copy')).toFixed(2)),
        copyPeakMebibytes: memory('copy'),
        ingestPeakMebibytes: memory('ingest'),
        load: loadavg()[0],
      }),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function sideOptions(file: string, home: string): SideOptions {
  return { file, home, threads: Number(options.threads), memoryBytes: Number(options.memory) * 1024 ** 2 };
}

function runSide(side: Side, file: string, home: string): Measured {
  mkdirSync(home);
  const flags = ['--side', side, '--file', file, '--home', home];
  const limits = ['--threads', options.threads, '--memory', options.memory];
  const run = spawnSync(process.execPath, [process.argv[1]!, 'ingest', ...flags, ...limits], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  rmSync(home, { recursive: true, force: true });
  if (run.status !== 0) throw new Error(`${side} ended with code ${run.status}`);
  return JSON.parse(run.stdout) as Measured;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
