import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { INGEST_LIMITS, type TableEngine, type Workspace } from '../../stages/ingest/index.ts';
import { constantBundle } from '../../testing/bundle-builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { InspectFileInput, InspectFileOutput } from '../model.ts';
import { inspectFileJob } from './inspect-file-job.ts';
import type { JobPorts } from './job-ports.ts';

let lake: TemporaryLake;
let ports: JobPorts;
let bundleId: string;

beforeEach(async () => {
  lake = await temporaryLake();
  const built = await constantBundle(`${lake.folder}/bundles/built`, 0.9);
  const { manifest } = built;
  bundleId = built.bundleId;
  manifest.others = [{ name: 'churned', type: 'string', reading: { as: 'string' } }];
  const files = new Map([['slipway.json', Buffer.from(JSON.stringify(manifest))]]);
  const bundles = { open: async () => ({ folder: '', files }) };
  ports = { ...lake.ports, bundles, limits: INGEST_LIMITS, clock: systemClock } as unknown as JobPorts;
});
afterEach(() => lake.close());

async function inspect(csv: string, more: Pick<InspectFileInput, 'purpose'> & Partial<InspectFileInput>) {
  const { sha256 } = await ports.objects.put(Buffer.from(csv));
  const file = { sha256, filename: 'rows.csv' };
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  return inspectFileJob({ file, limit: 2, ...more }, ports, run);
}

const HEADER = 'age,total charges,contract,active,since';

it('rows for a model are shown as the model reads them, words of text as they are written, further columns beside', async () => {
  const purpose = { kind: 'predict' as const, name: 'churn', bundleId };
  const rows = '41,"99,5",Monthly,true,2024-02-29,x\nNA,"1",NA,,,y\n3,"2",Yearly,false,,z\n';
  const read = { decimal: ',' as const };
  const shown = await inspect(`${HEADER},note\n${rows}`, { purpose, read });
  expect(shown.rows).toEqual([
    {
      age: 41,
      'total charges': 99.5,
      contract: 'Monthly',
      active: true,
      since: '2024-02-29T00:00:00.000Z',
      note: 'x',
    },
    { age: null, 'total charges': 1, contract: 'NA', active: null, since: null, note: 'y' },
  ]);
  expect(shown.columns.map(({ name, type }) => [name, type])).toContainEqual(['since', 'timestamp']);
  expect(shown.report).toMatchObject({ rows: 3, source: 'rows.csv' });
});

it('a file that lacks a column of the model is refused, unless it is allowed to', async () => {
  const purpose = { kind: 'predict' as const, name: 'churn', bundleId };
  const csv = 'age,total charges,contract,active\n1,2,a,true\n';
  await expect(inspect(csv, { purpose })).rejects.toMatchObject({
    code: 'file.column-missing',
    path: 'since',
  });
  const { report, rows } = await inspect(csv, { purpose, read: { allowMissing: ['since'] } });
  expect(report.findings).toContainEqual(
    expect.objectContaining({ code: 'column-absent', column: 'since', severity: 'warning' }),
  );
  expect(rows).toMatchObject([{ since: null }]);
});

it('labels are shown as they would be kept', async () => {
  const purpose = { kind: 'labels' as const, endpoint: 'churn', target: 'churned', bundleId };
  const csv = 'prediction_id;churned\np_1; Yes\np_2;\np_3;No\n';
  const shown = await inspect(csv, { purpose });
  expect(shown.rows).toEqual([
    { id: 'p_1', value: 'Yes' },
    { id: 'p_3', value: 'No' },
  ]);
  expect(shown.report.rows).toBe(3);
});

describe('of a file that is larger than a preview reads', () => {
  const LIMIT = 4_000;
  const limited = () => ({ ...ports, limits: { ...INGEST_LIMITS, previewBytes: LIMIT } });
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  const inspectBytes = async (bytes: Uint8Array, filename: string, asked: JobPorts = limited()) => {
    const file = { sha256: (await ports.objects.put(bytes)).sha256, filename };
    return inspectFileJob({ file, limit: 2, purpose: { kind: 'new-dataset' } }, asked, run);
  };
  const rowOf = (row: number) => `${row},"line ${row}\nand more"`;
  const many = (count: number) => Array.from({ length: count }, (_, row) => rowOf(row)).join('\n');
  const columnsOf = (shown: InspectFileOutput) => shown.columns.map(({ name, type }) => [name, type]);

  it('only whole records at its start are read, and it is said', async () => {
    const csv = Buffer.from(`n,note\n${many(5_000)}\nno number,x\n`);
    const read: number[] = [];
    const { tables, objects } = ports;
    const upload = await objects.localPath((await objects.put(csv)).sha256);
    const watched: TableEngine = {
      async open(options) {
        const workspace = await tables.open(options);
        const counted: Workspace['read'] = async function* (path, limits) {
          for await (const chunk of workspace.read(path, limits)) {
            if (path === upload) read.push(chunk.length);
            yield chunk;
          }
        };
        return new Proxy(workspace, {
          get(target, name) {
            if (name === 'read') return counted;
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    };
    const shown = await inspectBytes(csv, 'rows.csv', { ...limited(), tables: watched });
    expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(LIMIT + 5_000); // the first bytes are looked at beforehand
    expect(csv.length).toBeGreaterThan(100_000);
    expect(columnsOf(shown)).toEqual([
      ['n', 'number'],
      ['note', 'string'],
    ]);
    expect(shown.rows[1]).toEqual({ n: 1, note: 'line 1\nand more' });
    expect(shown.report.rows).toBeGreaterThan(100);
    expect(shown.report.rows).toBeLessThan(200);
    expect(shown.report.findings[0]).toMatchObject({
      code: 'head-only',
      severity: 'warning',
      message: expect.stringContaining(`${shown.report.rows} rows`),
    });
  });

  it.each<[string, () => Uint8Array, string]>([
    ['packed with gzip', () => gzipSync(`n,note\n${many(5_000)}\nno number,x\n`), 'rows.csv.gz'],
    [
      'of NDJSON',
      () => Buffer.from(Array.from({ length: 500 }, (_, n) => `{"n":${n},"note":"5\\" disk"}\n`).join('')),
      'rows.ndjson',
    ],
    [
      'with a quote that is none',
      () => Buffer.from(`n;note\n${Array.from({ length: 900 }, (_, n) => `${n};5" disk`).join('\n')}\nx;y\n`),
      'rows.csv',
    ],
  ])('one %s is read at its start too', async (_, bytes, filename) => {
    const { report, columns } = await inspectBytes(bytes(), filename);
    expect(report.findings[0]).toMatchObject({ code: 'head-only' });
    expect(report.rows).toBeLessThan(400);
    expect(columns[0]).toMatchObject({ name: 'n', type: 'number' });
  });

  it('what has no records to cut between is read whole: a JSON document', async () => {
    const rows = JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ n, note: 'x' })));
    const { report } = await inspectBytes(Buffer.from(rows), 'rows.json');
    expect(report.rows).toBe(500);
    expect(report.findings.map(({ code }) => code)).not.toContain('head-only');
  });
});
