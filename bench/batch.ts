/**
 * A batch over many rows: 100 trees, 20 columns of numbers, from a CSV file to Parquet or CSV, in this process.
 *
 * Run: `npm run bench -- batch [--rows 1000000] [--format parquet|csv]`
 * Prints seconds, processor time and memory when the file was read, after each tenth of the rows, and at the end.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createDuckdbTables } from '../packages/server/src/adapters/duckdb/index.ts';
import { openJobShelf } from '../packages/server/src/adapters/job-shelf/index.ts';
import { openFileObjects } from '../packages/server/src/adapters/objects/index.ts';
import { seededRandom, systemClock } from '../packages/server/src/kernel/index.ts';
import { encodeEngineFile } from '../packages/server/src/stages/pack/index.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import {
  type BatchInput,
  JOB_HANDLERS,
  type JobPorts,
  type StageProgress,
} from '../packages/server/src/workflows/index.ts';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, format: { type: 'string', default: 'parquet' } },
});
const rows = Number(options.rows);
const SHAPE = { trees: 100, depth: 6, columns: 20, seed: 1 };

const home = mkdtempSync(join(tmpdir(), 'slipway-batch-'));
try {
  const bundle = await forestBundle(join(home, 'forest'), SHAPE);
  const names = bundle.manifest.inputs.map(({ name }) => name);
  const file = join(home, 'rows.csv');
  await pipeline(Readable.from(lines(names)), createWriteStream(file));
  const objects = await openFileObjects(join(home, 'objects'));
  const { sha256, bytes } = await objects.putFile(file);
  const files = new Map([
    ['trees.json', encodeEngineFile(bundle.engineFile)],
    ['slipway.json', Buffer.from(JSON.stringify(bundle.manifest))],
  ]);
  const ports = {
    objects,
    tables: createDuckdbTables({
      scratchFolder: join(home, 'work'),
      memoryLimitBytes: 1024 ** 3,
      threads: 2,
    }),
    bundles: { open: async () => ({ folder: bundle.folder, files }) },
    shelf: openJobShelf(join(home, 'shelf')),
    clock: systemClock,
  } as unknown as JobPorts;
  const input: BatchInput = {
    model: { name: 'forest', version: 1, bundleId: bundle.bundleId },
    source: { file: { sha256, filename: 'rows.csv' } },
    format: options.format as BatchInput['format'],
    keep: ['id'],
    explain: false,
    by: 'bench',
    callerId: 'bench',
  };
  console.log(JSON.stringify({ rows, megabytes: Math.round(bytes / 1e6) }));
  const tell = meter();
  let told = 0;
  const news = ({ facts }: StageProgress) => {
    const tenth = Math.floor((10 * Number(facts.rows)) / rows);
    if (tenth > told) tell(`${facts.rows} rows`);
    told = tenth;
  };
  const signal = new AbortController().signal;
  const output = await JOB_HANDLERS.batch(input, ports, {
    news: (one) => news(one as StageProgress),
    signal,
    former: null,
  });
  tell(`${output.filename}, ${Math.round(output.bytes / 1e6)} MB`);
} finally {
  rmSync(home, { recursive: true, force: true });
}

function* lines(names: readonly string[]): Generator<string> {
  const random = seededRandom(1);
  yield `id,${names.join(',')}\n`;
  for (let row = 0; row < rows; row++)
    yield `${row},${names.map(() => Math.round(random() * 1000) / 100).join(',')}\n`;
}

function meter(): (what: string) => void {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  return (what) => {
    const { user, system } = process.cpuUsage(before);
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
    const memory = Math.round(process.memoryUsage.rss() / 1024 ** 2);
    console.log(JSON.stringify({ what, seconds, cpuSeconds: (user + system) / 1e6, memoryMiB: memory }));
  };
}
