import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJobShelf } from '../../adapters/job-shelf/index.ts';
import { seededRandom, systemClock } from '../../kernel/index.ts';
import { previewRows, type Row } from '../../stages/ingest/index.ts';
import { type EngineFile, encodeEngineFile } from '../../stages/pack/index.ts';
import { type Engine, loadEngine } from '../../stages/serve/index.ts';
import { realModel } from '../../testing/packed-real-table.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { JobPorts, JobRun } from '../jobs/job-ports.ts';
import { batchJob } from './batch-job.ts';

/** A row as a person has it, and the forms that it takes in files. */
type Cells = { day: Date; amount: number | null; kind: string; flag: boolean };

const KINDS = ['member', 'guest', 'NA', '1.0', 'True', '-'];

const cells: fc.Arbitrary<Cells> = fc.record({
  day: fc.date({
    min: new Date('2019-01-01T00:00:00Z'),
    max: new Date('2029-12-31T00:00:00Z'),
    noInvalidDate: true,
  }),
  amount: fc.option(fc.integer({ min: -500_000, max: 500_000 }), { nil: null }),
  kind: fc.constantFrom(...KINDS, 'never seen', ' member'),
  flag: fc.boolean(),
});

function dayFirst(day: Date): string {
  const [year, month, date] = day.toISOString().slice(0, 10).split('-');
  return `${date}/${month}/${year}`;
}

/** As the training table is written: semicolons, decimal commas, days first. */
function european(rows: readonly (Cells & { y?: string })[], separator = ';'): string {
  const hasTarget = rows[0]?.y !== undefined;
  const lines = rows.map(({ day, amount, kind, flag, y }) =>
    [
      dayFirst(day),
      amount === null ? 'NA' : (amount / 100).toFixed(2).replace('.', ','),
      kind,
      String(flag),
      ...(hasTarget ? [y] : []),
    ].join(separator),
  );
  const names = ['day', 'amount', 'kind', 'flag', ...(hasTarget ? ['y'] : [])];
  return `${names.join(separator)}\n${lines.join('\n')}\n`;
}

/** As a caller of the endpoint sends it. */
function asJson({ day, amount, kind, flag }: Cells): Row {
  return { day: dayFirst(day), amount: amount === null ? null : amount / 100, kind, flag };
}

let lake: TemporaryLake;
let engine: Engine;
let engineFile: EngineFile;
let files = 0;

beforeAll(async () => {
  lake = await temporaryLake();
  const random = seededRandom(11);
  const rows = Array.from({ length: 400 }, () => {
    const kind = KINDS[Math.floor(random() * KINDS.length)]!;
    const amount = random() < 0.1 ? null : Math.round((random() - 0.5) * 1e6);
    const flag = random() < 0.5;
    const score = (kind === 'member' ? 1 : 0) + (amount ?? 0) / 5e5 + (flag ? 0.5 : 0) + random();
    return {
      day: new Date(Date.UTC(2020, 0, 1 + Math.floor(random() * 2000))),
      amount,
      kind,
      flag,
      y: score > 1 ? 'yes' : 'no',
    };
  });
  const file = join(lake.folder, 'train.csv');
  await writeFile(file, european(rows));
  const { request } = await realModel({ file, fileName: 'train.csv', target: 'y' }, lake.folder, 3);
  const { preparation, model, decision } = request;
  engineFile = { format: 3, preparation, model, decision };
  engine = loadEngine(engineFile);
}, 120_000);
afterAll(() => lake.close());

const run: JobRun = { news: () => {}, signal: new AbortController().signal, former: null };

/** The probabilities that a batch of a file gives. */
async function ofFile(content: string | Uint8Array, filename: string): Promise<number[]> {
  const { classes, inputs, others, missingWords } = engineFile.preparation;
  const manifest = { task: 'binary', classes, inputs, others, missingWords };
  const bundle = new Map([
    ['trees.json', encodeEngineFile(engineFile)],
    ['slipway.json', Buffer.from(JSON.stringify(manifest))],
  ]);
  const ports = {
    ...lake.ports,
    clock: systemClock,
    shelf: openJobShelf(join(lake.folder, `shelf-${files++}`)),
    bundles: { open: async () => ({ folder: '', files: bundle }) },
  } as unknown as JobPorts;
  const { sha256 } = await ports.objects.put(Buffer.from(content));
  const input = {
    model: { name: 'm', version: 1, bundleId: 'b' },
    source: { file: { sha256, filename } },
    format: 'parquet' as const,
    keep: 'none' as const,
    explain: false,
    by: 'me',
    callerId: 'key',
  };
  const output = await batchJob(input, ports, run);
  const path = await ports.objects.localPath(output.sha256);
  const workspace = await lake.ports.tables.open({ reads: [path] });
  try {
    const columns = [{ name: 'probability_yes', type: 'number' as const }];
    const { columns: read } = await workspace.columns([path], columns);
    return read[0]!.type === 'string' ? [] : [...read[0]!.values];
  } finally {
    await workspace.close();
  }
}

test('equal rows have equal predictions over REST and from a file of any format', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 25 }), async (rows) => {
      const rest = engine.predict(rows.map(asJson)).map(({ probabilities }) => probabilities!.yes);
      const json = rows.map((row) => JSON.stringify(asJson(row)));
      expect(await ofFile(european(rows), 'rows.csv')).toEqual(rest);
      expect(await ofFile(european(rows, '\t'), 'rows.tsv')).toEqual(rest);
      expect(await ofFile(`\ufeff${european(rows).replaceAll('\n', '\r\n')}`, 'excel.csv')).toEqual(rest);
      expect(await ofFile(json.join('\n'), 'rows.ndjson')).toEqual(rest);
      expect(await ofFile(`[${json.join(',')}]`, 'rows.json')).toEqual(rest);
    }),
    { numRuns: 6 },
  );
});

test('rows of the training table have equal predictions from the dataset and over REST', async () => {
  const rows = await fc.sample(cells, { numRuns: 50, seed: 3 });
  const { manifest } = await lake.ingest(
    'again.csv',
    european([...rows, { ...rows[0]!, day: new Date('2024-01-31T00:00:00Z') }]),
  );
  const stored = await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
  const rest = engine.predict(stored).map(({ probabilities }) => probabilities!.yes);
  expect(rest.slice(0, 50)).toEqual(
    engine.predict(rows.map(asJson)).map(({ probabilities }) => probabilities!.yes),
  );
});
