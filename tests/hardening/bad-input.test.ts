import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EndpointSummary, ShipRequest } from '@slipway/contract';
import { followPipelineRun } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';
import { beginShip, shipSmall, smallTable, upload } from './small-table.ts';

const LONG = 180_000;

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer({ folder: await newFolder() });
}, LONG);
afterAll(cleanUp);

/** Nothing half done: no dataset, model, endpoint or running work, and no scratch file. */
async function expectNothingLeft(): Promise<void> {
  const { call } = server.client;
  expect((await call['datasets.list']()).datasets).toEqual([]);
  expect((await call['models.list']()).models).toEqual([]);
  expect((await call['endpoints.list']()).endpoints).toEqual([]);
  expect((await call['runs.list']()).runs.filter((run) => run.state === 'running')).toEqual([]);
  const { pipelineRuns } = await call['pipelineRuns.list']();
  for (const { state, stages } of pipelineRuns) {
    expect(state).not.toBe('running');
    expect(stages.filter((stage) => stage.state === 'running')).toEqual([]);
  }
  await vi.waitFor(async () => {
    const { jobs } = await call['system.status']();
    expect({ queued: jobs.queued, running: jobs.running }).toEqual({ queued: 0, running: 0 });
    expect(await readdir(join(server.folder, 'work'))).toEqual([]);
    expect(await readdir(join(server.folder, 'objects', 'incoming'))).toEqual([]);
  });
}

const rowsOf = (target: (row: number) => string) =>
  `a,b,left\n${Array.from({ length: 300 }, (_, row) => `${row % 17},${row % 5},${target(row)}`).join('\n')}\n`;

function millionClasses(): string {
  const lines = ['a,left'];
  for (let row = 0; row < 1_000_000; row++) lines.push(`${row % 9},class ${row}`);
  return lines.join('\n');
}

const wide = (columns: number) => {
  const line = (cell: (column: number) => string) =>
    Array.from({ length: columns }, (_, column) => cell(column)).join(',');
  return `${line((column) => `c${column}`)}\n${`${line(() => '1')}\n`.repeat(3)}`;
};

const cutInHalf = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);

type Bad = {
  what: string;
  content: () => string | Uint8Array;
  code: string;
  path?: string;
  says?: RegExp;
  ship?: Partial<ShipRequest>;
};

const BAD_TABLES: Bad[] = [
  { what: 'a header only', content: () => 'a,b,left\n', code: 'file.no-rows' },
  { what: 'one column', content: () => 'left\nyes\nno\nyes\n', code: 'file.one-column' },
  {
    what: 'no such target',
    content: () => smallTable(),
    ship: { target: 'gone' },
    code: 'target.missing',
    path: 'target',
    says: /gone/,
  },
  { what: 'a constant target', content: () => rowsOf(() => 'yes'), code: 'target.constant', path: 'target' },
  {
    what: 'a target that is always missing',
    content: () => rowsOf(() => ''),
    code: 'target.all-null',
    path: 'target',
  },
  {
    what: 'a million distinct classes',
    content: millionClasses,
    code: 'target.too-many-classes',
    path: 'target',
  },
  {
    what: 'ragged rows',
    content: () => `${smallTable(100)}1,2\n${smallTable(100)}`,
    code: 'file.ragged',
    says: /line 102/i,
  },
  { what: '10,000 columns', content: () => wide(10_000), code: 'file.too-many-columns', says: /10000/ },
  { what: 'binary rubbish', content: () => randomBytes(100_000), code: 'file.binary' },
  { what: 'binary rubbish, packed', content: () => gzipSync(randomBytes(100_000)), code: 'file.binary' },
  {
    what: 'a packed file that breaks off',
    content: () => cutInHalf(gzipSync(smallTable(5_000))),
    code: 'file.unreadable',
  },
  { what: 'a file of NULs', content: () => new Uint8Array(10_000), code: 'file.binary' },
];

describe('a table that cannot be shipped', () => {
  it('because it is empty is refused before it is stored', async () => {
    const bytes = await ask(`${server.url}/api/v1/uploads?filename=a.csv`, {
      method: 'POST',
      token: server.ownerKey,
      headers: { 'content-type': 'application/octet-stream' },
      body: '',
    });
    expectProblem(bytes, 422, 'file.empty');
    await expectNothingLeft();
  });

  it.each(BAD_TABLES)(
    'because of $what fails with its code, and nothing is half done',
    async ({ content, code, path, says, ship }) => {
      const { client } = server;
      const { id } = await beginShip(client, 'bad', { content: content(), filename: 'bad.csv', ...ship });
      const failure = await followPipelineRun(client, id, () => {}).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code, ...(path === undefined ? {} : { path }) });
      if (says !== undefined) expect((failure as Error).message).toMatch(says);
      await expectNothingLeft();
    },
    LONG,
  );

  it('under a name that climbs is refused, and no file is made outside', async () => {
    const { client } = server;
    const { id: uploadId, filename } = await upload(client, smallTable(), '../../outside.csv');
    expect(filename).toBe('outside.csv');
    for (const name of [
      '../outside',
      '/etc/passwd',
      'a/b',
      '..',
      'A',
      '-a',
      `${'a'.repeat(64)}`,
      'a\u0000',
    ]) {
      const answer = await ask(`${server.url}/api/v1/pipeline-runs`, {
        method: 'POST',
        token: server.ownerKey,
        body: { uploadId, name, target: 'left' },
      });
      expectProblem(answer, 400, 'request.invalid', 'name');
    }
    await expectNothingLeft();
    expect(await readdir(join(server.folder, '..'))).toEqual(['data']);
  });

  it('from an upload that is not there is refused', async () => {
    const answer = await ask(`${server.url}/api/v1/pipeline-runs`, {
      method: 'POST',
      token: server.ownerKey,
      body: { uploadId: 'upl_gone', target: 'left' },
    });
    expectProblem(answer, 404, 'upload.missing');
  });
});

describe('the command line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-bad-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function slipway(...args: string[]): Promise<{ code: number | null; out: string; told: string }> {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist', 'slipway.js'), ...args, '--server', server.url, '--token', server.ownerKey],
      { cwd: folder },
    );
    const texts = { out: '', told: '' };
    child.stdout.on('data', (text: Buffer) => (texts.out += text));
    child.stderr.on('data', (text: Buffer) => (texts.told += text));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
  }

  const FILES: [what: string, content: string | Uint8Array | undefined, exit: number, code: string][] = [
    ['empty.csv', '', 6, 'file.empty'],
    ['header.csv', 'a,b,left\n', 6, 'file.no-rows'],
    ['ragged.csv', 'a,left\n1,2\n1,2,3\n', 6, 'file.ragged'],
    ['rubbish.csv', randomBytes(50_000), 6, 'file.binary'],
    ['constant.csv', rowsOf(() => 'yes'), 6, 'target.constant'],
    ['not-there.csv', undefined, 4, 'file.not-found'],
    ['../../../nowhere/x.csv', undefined, 4, 'file.not-found'],
  ];

  it.each(FILES)(
    'tells %s apart by exit code and code',
    async (file, content, exit, code) => {
      if (content !== undefined) await writeFile(join(folder, file), content);
      const { code: ended, out, told } = await slipway('ship', file, '--target', 'left', '--json');
      expect(ended, told).toBe(exit);
      expect(JSON.parse(out)).toMatchObject({ error: { code } });
      await expectNothingLeft();
    },
    LONG,
  );

  it(
    'says so when the file is a folder',
    async () => {
      await mkdir(join(folder, 'folder.csv'));
      const { code, out } = await slipway('ship', 'folder.csv', '--target', 'left', '--json');
      expect(code).not.toBe(0);
      expect(JSON.parse(out)).toMatchObject({ error: { code: expect.stringMatching(/^file\./) } });
    },
    LONG,
  );
});

describe('rows that an endpoint cannot take', () => {
  let endpoint: EndpointSummary;
  let token: string;
  const good = { age: 30, plan: 'gold', city: 'town1' };
  beforeAll(async () => {
    const { client } = server;
    await shipSmall(client, 'shop');
    endpoint = await client.call['endpoints.get']({ params: { name: 'shop' } });
    token = (await client.call['tokens.create']({ params: { name: 'shop' }, body: { name: 'x' } })).secret;
  }, LONG);

  const predict = (body: unknown, headers: Record<string, string> = {}) =>
    ask(endpoint.url, { method: 'POST', token, body, headers });
  const CASES: [what: string, rows: unknown, status: number, code: string, path?: string][] = [
    ['an unknown column', [good, { ...good, height: 3 }], 422, 'predict.unknown-column', 'rows[1].height'],
    ['a text for a number', [{ ...good, age: 'thirty' }], 422, 'predict.wrong-type', 'rows[0].age'],
    ['a list for a number', [{ ...good, age: [30] }], 422, 'predict.wrong-type', 'rows[0].age'],
    [
      'an object for a text',
      [good, good, { ...good, plan: { $ne: 1 } }],
      422,
      'predict.wrong-type',
      'rows[2].plan',
    ],
    ['no rows', [], 422, 'predict.no-rows'],
  ];
  it.each(CASES)('because of %s are refused with the place', async (_what, rows, status, code, path) => {
    const answer = await predict({ rows });
    expect({ status: answer.status, ...(answer.json as object) }).toMatchObject({
      status,
      code,
      ...(path === undefined ? {} : { path }),
    });
  });

  it.each([
    ['no JSON', '{"rows":', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['a number for rows', '{"rows":3}', 400],
    ['rows that are no objects', '{"rows":[1]}', 400],
    ['a prototype', '{"rows":[{"__proto__":{"age":1}}]}', 422],
    ['something deep', `{"rows":[{"age":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`, 422],
  ])('because the body holds %s are refused', async (_what, body, most) => {
    const answer = await predict(body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThanOrEqual(most);
    expect((answer.json as { code: string }).code).toMatch(/^(request|predict)\./);
  });

  it('because they are too many or too large are refused', async () => {
    const tooMany = await predict({ rows: Array.from({ length: 100_001 }, () => ({ age: 1 })) });
    expect(tooMany.status).toBe(413);
    const huge = await predict(`{"rows":[{"plan":"${'x'.repeat(64 * 1024 * 1024)}"}]}`).catch(
      () => undefined,
    );
    if (huge !== undefined) expect(huge.status).toBe(413);
    expect((await predict({ rows: [good] })).status).toBe(200);
  });

  it('without a token, or with that of the control plane, are refused', async () => {
    for (const bearer of [undefined, 'slipt_guess', server.ownerKey]) {
      expect(
        (await ask(endpoint.url, { method: 'POST', token: bearer, body: { rows: [good] } })).status,
      ).toBe(401);
    }
  });
});
