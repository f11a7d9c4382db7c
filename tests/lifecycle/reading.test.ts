import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersion, OperationAnswer, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { cleanUp, newFolder, type Platform, slipway, startPlatform } from './slipway.ts';

const MINUTES = 60_000;

type Inspected = OperationAnswer<'uploads.inspect'> & { uploadId: string };

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
}, 2 * MINUTES);
afterAll(cleanUp);

async function written(name: string, text: string): Promise<string> {
  const path = join(await newFolder(), '..', name);
  await writeFile(path, text);
  return path;
}

/** Orders as a spreadsheet writes them, with one value that is no number. */
function orders(rows: number, odd = 'n.v.'): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const day = `${String((row % 28) + 1).padStart(2, '0')}.${String((row % 12) + 1).padStart(2, '0')}.2024`;
    const amount = row === 250 ? odd : `${row % 97},${row % 10}`;
    const late = (row % 97) + (row % 5) > 60 ? 'yes' : 'no';
    return `${day};${amount};${String(row % 90).padStart(5, '0')};shop;${late}`;
  });
  return `day;amount;zip;source;late\n${lines.join('\n')}\n`;
}

const ODD =
  /warning: 1 of 400 values of amount is not a number and was read as missing: "n\.v\." on line 252/;

describe('slipway data add', () => {
  it('tells how the file was read, keeps it with the version, and data show tells it again', async () => {
    const file = await written('orders.csv', orders(400));
    const added = await platform.run(['data', 'add', file]);
    expect(added).toMatchObject({ code: 0, stdout: '' });
    expect(added.stderr).toMatch(ODD);
    expect(added.stderr).toContain('Override: --types amount:string');
    expect(added.stderr).toMatch(/info: Numbers are read with a decimal comma: amount/);
    const shown = await platform.run(['data', 'show', 'orders']);
    expect(shown.stdout).toMatch(ODD);
    expect(shown.stdout).toMatch(/^amount +number +numeric .* decimal comma$/m);
    expect(shown.stdout).toMatch(/^day +timestamp .* day first, %d\.%m\.%Y, .*UTC$/m);
    const meanDay = /^day +timestamp +datetime +0 +\d+ +2024-0\d-\d\dT\d\d:\d\d:\d\dZ /m;
    expect(shown.stdout).toMatch(meanDay);
    const version = await platform.answer<DatasetVersion>(['data', 'show', 'orders']);
    expect(version.report?.findings[0]).toMatchObject({ code: 'value-not-read', line: 252, value: 'n.v.' });
  });

  it('reads a file as the options say', async () => {
    const file = await written('told.txt', 'a|b|c\n01|1,5|gone\n02|2,5|03/04/2024\n');
    const options = ['--delimiter', 'pipe', '--decimal', ',', '--date-order', 'mdy'];
    const types = ['--types', 'a:text,c:date', '--missing', 'gone', '--time-zone', 'Europe/Berlin'];
    const version = await platform.answer<DatasetVersion>(['data', 'add', file, ...options, ...types]);
    expect(version.missingWords).toEqual(['gone']);
    expect(version.schema.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'string'],
      ['b', 'number'],
      ['c', 'timestamp'],
    ]);
    const { rows } = await platform.client.call['datasets.preview']({
      params: { name: 'told', version: 'latest' },
      body: {},
    });
    expect(rows[1]).toEqual({ a: '02', b: 2.5, c: '2024-03-03T23:00:00.000Z' });
  });

  it('says which option the server refuses', async () => {
    const file = await written('refused.csv', 'a,b\n1,2\n');
    const { code, stderr } = await platform.run(['data', 'add', file, '--types', 'c:number']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/types\.c/);
  });
});

describe('--preview', () => {
  it('shows rows and decisions as data, and stores nothing', async () => {
    const file = await written('looked-at.csv', orders(400));
    const shown = await platform.run(['data', 'add', file, '--preview']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^day +amount +zip +source +late$/m);
    expect(shown.stdout).toMatch(/^2024-01-01T00:00:00\.000Z +0 +00000 +shop +no$/m);
    expect(shown.stdout).toMatch(/^amount +number +numeric +decimal comma$/m);
    expect(shown.stdout).toMatch(ODD);
    const json = await platform.answer<Inspected>(['data', 'add', file, '--preview']);
    expect(json.rows[0]).toMatchObject({ zip: '00000', amount: 0 });
    expect(json.report.rows).toBe(400);
    const { datasets } = await platform.client.call['datasets.list']();
    expect(datasets.map(({ name }) => name)).not.toContain('looked-at');
    const body = { name: 'afterwards', uploadId: json.uploadId };
    await expect(platform.client.call['datasets.add']({ body })).resolves.toMatchObject({ kind: 'ingest' });
  });

  it('of a file to append reads it as the dataset has its columns', async () => {
    await platform.answer(['data', 'add', await written('days.csv', 'day,n\n13/01/2024,1\n14/01/2024,2\n')]);
    const more = await written('more-days.csv', 'n,day\n3,01/02/2024\n');
    const append = ['data', 'add', more, '--name', 'days', '--append', '--preview'];
    expect((await platform.answer<Inspected>(append)).rows).toEqual([
      { day: '2024-02-01T00:00:00.000Z', n: 3 },
    ]);
    const version = await platform.answer<DatasetVersion>(['data', 'show', 'days']);
    expect(version).toMatchObject({ version: 1, rows: 2 });
  });

  it(
    'of a ship ends the platform that it started',
    async () => {
      const data = await newFolder();
      const file = await written('alone.csv', orders(60));
      const ports = ['--port', '0', '--inference-port', '0', '--data', data];
      const shown = await slipway(['ship', file, '--target', 'late', '--preview', ...ports]);
      expect(shown.code).toBe(0);
      expect(shown.stdout).toMatch(/The first 10 of 60 rows\./);
      expect(existsSync(join(data, 'server.json'))).toBe(false);
    },
    2 * MINUTES,
  );

  it('of a ship leaves a platform that runs already', async () => {
    const file = await written('alone.csv', orders(60));
    const shown = await platform.run(['ship', file, '--target', 'late', '--preview', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ report: { rows: 60 } });
    expect(isRunning(platform.pid)).toBe(true);
    const { pipelineRuns } = await platform.client.call['pipelineRuns.list']();
    expect(pipelineRuns).toEqual([]);
  });
});

describe('with a dataset in place of a file', () => {
  it.each([
    ['ship', ['ship', 'customers', '--target', 'x', '--delimiter', ';']],
    ['ship', ['ship', 'customers@2', '--target', 'x', '--preview']],
    ['train', ['train', 'customers', '--target', 'x', '--no-missing-words']],
    ['batch predict', ['batch', 'predict', 'm', 'customers', '--out', 'x.csv', '--decimal', ',']],
  ])('%s refuses reading options before anything is started', async (_, words) => {
    const { code, stderr } = await slipway([...words, '--data', await newFolder()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is for files, and customers(@2)? is a dataset, which was read when it was added/);
  });
});

describe('a model of a file that needs a look', () => {
  const flags = ['--name', 'late', '--budget', '2s', '--exclude', 'day'];
  let shipped: ShipResult;
  let said: string;
  beforeAll(async () => {
    const file = await written('late.csv', orders(400));
    const { stderr } = await platform.run(['ship', file, '--target', 'late', ...flags]);
    said = stderr;
    const [pipelineRun] = (await platform.client.call['pipelineRuns.list']()).pipelineRuns;
    shipped = pipelineRun!.result!;
  }, 2 * MINUTES);

  it('tells the warnings when the file is read and again at the very end', () => {
    const places = [...said.matchAll(new RegExp(ODD, 'g'))].map(({ index }) => index);
    expect(places).toHaveLength(2);
    expect(places[0]).toBeLessThan(said.indexOf('✓ train'));
    expect(said.trimEnd().split('\n').at(-1)).toMatch(ODD);
    expect(shipped.warnings).toMatchObject([{ code: 'value-not-read', column: 'amount', line: 252 }]);
  });

  it('names the columns that the model does not use, and why', () => {
    expect(shipped.leftOut?.map(({ column }) => column)).toEqual(expect.arrayContaining(['day', 'source']));
    expect(said).toMatch(
      /Left out:\n(.*\n)* {2}source {2}.*one value|Left out:\n(.*\n)* {2}source {2}.*same/i,
    );
  });

  it('predicts a file that lacks a column only when it may, and warns', async () => {
    const rows = orders(3)
      .split('\n')
      .map((line) => line.split(';').slice(1).join(';'))
      .map((line) => line.replace(/^[^;]*;?/, ''));
    const file = await written('rows.csv', rows.join('\n'));
    const refused = await platform.run(['predict', 'late', file]);
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(/has no column amount/);
    const options = ['--allow-missing', 'amount'];
    const predicted = await platform.run(['predict', 'late', file, ...options]);
    expect(predicted.code).toBe(0);
    expect(predicted.stderr).toMatch(/warning: The file has no column amount/);
    expect(predicted.stdout.trim().split('\n')).toHaveLength(4);
    const out = join(await newFolder(), '..', 'out.csv');
    const batch = await platform.answer(['batch', 'predict', 'late', file, '--out', out, ...options]);
    expect(batch).toMatchObject({ warnings: [{ code: 'column-absent', column: 'amount' }] });
  });

  it('previews rows to predict, rows to retrain with and labels as they would be read', async () => {
    const csv = 'late\tzip\tsource\tamount\tday\nyes\t00007\tshop\t12,5\t02.01.2024\n';
    const file = await written('rows.tsv', csv);
    const row = { amount: 12.5, zip: '00007', source: 'shop', day: '2024-01-02T00:00:00.000Z', late: 'yes' };
    for (const words of [
      ['predict', 'late', file],
      ['batch', 'predict', 'late', file],
      ['retrain', 'late', file],
    ]) {
      expect((await platform.answer<Inspected>([...words, '--preview'])).rows).toEqual([row]);
    }
    const labels = await written('labels.csv', 'id|value\np_1| yes\np_2|\n');
    const words = ['labels', 'add', 'late', labels, '--delimiter', 'pipe', '--preview'];
    expect((await platform.answer<Inspected>(words)).rows).toEqual([{ id: 'p_1', value: 'yes' }]);
  });

  it('a training says the same', async () => {
    const file = await written('again.csv', orders(400));
    const words = ['train', file, '--target', 'late', '--name', 'again', '--budget', '2s'];
    const { code, stderr } = await platform.run([...words, '--types', 'amount:text']);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(ODD);
    expect(stderr).toMatch(/Left out:/);
  }, 60_000);
});
