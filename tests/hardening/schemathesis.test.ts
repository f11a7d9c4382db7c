import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';
import { shipSmall, upload } from './small-table.ts';

const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const SCHEMATHESIS = join(dirname(PYTHON), 'st');
const hasSchemathesis = existsSync(SCHEMATHESIS);
/** Of each operation. With `SLIPWAY_TEST_EXAMPLES=50` also the bounds of every field are tried, which takes some ten minutes. */
const ASKED_EXAMPLES = process.env.SLIPWAY_TEST_EXAMPLES;
const EXAMPLES = ASKED_EXAMPLES ?? '3';
const PHASES = ASKED_EXAMPLES === undefined ? 'examples,fuzzing' : 'examples,coverage,fuzzing';
const SEED = process.env.SLIPWAY_TEST_SEED ?? '1';
const NAME = 'customers';

/** Not asked, and why. */
const LEFT_OUT = new Map([
  ['keys.revoke', 'it could revoke the key that asks'],
  ['endpoints.delete', 'the data plane is asked about the endpoint'],
  ['endpoints.pause', 'the same'],
  ['events.list', 'it waits for events'],
]);
/** Asked with names that nobody has: they start trainings, which other tests do. */
const STARTS_TRAINING = new Set(['endpoints.retrain', 'models.optimize', 'models.validate']);

/** Asked with ids that nobody has: others are asked about what it would remove. */
const REMOVES = new Set(['uploads.delete']);

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

type Schema = Record<string, unknown>;
type Parameter = { name: string; in: string; schema: Schema };
type Operation = { operationId?: string; parameters?: Parameter[] };
type Document = { paths: Record<string, Record<string, Operation>> };

let folder: string;
let server: ServerUnderTest;
let known: Record<string, string>;

beforeAll(async () => {
  if (!hasSchemathesis) return;
  folder = await newFolder();
  server = await startServer({
    folder,
    set: ['http.rateLimitPerSecond=100000', 'http.rateLimitBurst=1000000'],
  });
  await shipSmall(server.client, NAME);
  const { call } = server.client;
  const [pipelineRun] = (await call['pipelineRuns.list']()).pipelineRuns;
  const [job] = (await call['jobs.list']()).jobs;
  const [run] = (await call['runs.list']()).runs;
  const uploaded = await upload(server.client, 'a,b\n1,2\n');
  known = { pipelineRuns: pipelineRun!.id, jobs: job!.id, runs: run!.id, uploads: uploaded.id };
}, 180_000);
afterAll(cleanUp);

/** The document with what is there among what parameters of the path may be. */
function withKnown(document: Document): Document {
  for (const [path, operations] of Object.entries(document.paths))
    for (const { operationId = '', parameters = [] } of Object.values(operations)) {
      if (STARTS_TRAINING.has(operationId) || REMOVES.has(operationId)) continue;
      for (const parameter of parameters) {
        const value = parameter.name === 'name' ? NAME : known[path.split('/')[3] ?? ''];
        if (parameter.in === 'path' && value !== undefined && ['name', 'id'].includes(parameter.name))
          parameter.schema = { anyOf: [{ const: value }, parameter.schema] };
      }
    }
  return document;
}

/** Runs it over a document; rejects, with what it found, where a check does not hold. */
async function checkAll(name: string, document: Document, url: string, token: string): Promise<string> {
  const file = join(dirname(folder), `${name}.json`);
  await writeFile(file, JSON.stringify(document));
  const left = [...LEFT_OUT.keys()].flatMap((id) => ['--exclude-operation-id', id]);
  const { stdout } = await promisify(execFile)(
    SCHEMATHESIS,
    [
      ...['run', file, '--url', url, '--header', `Authorization: Bearer ${token}`, '--no-color'],
      ...['--checks', CHECKS.join(','), '--max-examples', EXAMPLES, '--seed', SEED, ...left],
      ...['--phases', PHASES, '--generation-database', 'none', '--no-shrink', '--request-timeout', '60'],
      ...['--suppress-health-check', 'all', '--continue-on-failure', '--warnings', 'off'],
    ],
    { cwd: dirname(folder), maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    const told = `${error.stdout ?? ''}${error.stderr ?? ''}`;
    throw new Error(told.slice(Math.max(0, told.indexOf('= FAILURES'))) || error.message);
  });
  return stdout;
}

describe.skipIf(!hasSchemathesis)(
  'requests that schemathesis makes of a document (needs Python with it)',
  () => {
    it('of the control plane end in no fault, and in answers as the document says', async () => {
      const { json } = await ask(`${server.url}/api/openapi.json`);
      const told = await checkAll('control', withKnown(json as Document), server.url, server.ownerKey);
      expect(told).toContain('No issues found');
    }, 1_800_000);

    it('of an endpoint, too', async () => {
      const { secret } = await server.client.call['tokens.create']({
        params: { name: NAME },
        body: { name: 'schemathesis' },
      });
      const { json } = await ask(`${server.inferenceUrl}/endpoints/${NAME}/openapi.json`, { token: secret });
      const told = await checkAll('endpoint', json as Document, server.inferenceUrl, secret);
      expect(told).toContain('No issues found');
    }, 600_000);

    it('and the server answers after all of them', async () => {
      expect((await ask(`${server.url}/api/v1/status`, { token: server.ownerKey })).status).toBe(200);
    });
  },
);
