import { afterEach, beforeEach, expect, it } from 'vitest';
import { constantBundle } from '../../testing/bundle-builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { InspectFileInput } from '../model.ts';
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
  ports = { ...lake.ports, bundles } as unknown as JobPorts;
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
