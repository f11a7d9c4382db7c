import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import type { Ingested } from '../../stages/ingest/index.ts';
import {
  type BundleFile,
  type BundleManifest,
  decodeEngineFile,
  type ReferenceProfile,
} from '../../stages/pack/index.ts';
import { isMade } from '../../stages/prepare/index.ts';
import { loadEngine } from '../../stages/serve/index.ts';
import type { ValidationReport } from '../../stages/validate/index.ts';
import { candidatePorts } from '../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput, StageProgress } from '../model.ts';
import { candidateJob } from './candidate-job.ts';

const ROWS = 800;

/** What it costs is price per surface and the days that it was on offer. */
function csv(seed: number): string {
  const random = seededRandom(seed);
  const day = (days: number) => new Date(Date.UTC(2024, 0, 1 + days)).toISOString().slice(0, 10);
  const lines = Array.from({ length: ROWS }, () => {
    const [price, surface] = [100 + 900 * random(), 40 + 90 * random()];
    const [from, days] = [Math.floor(random() * 600), Math.floor(random() * 90)];
    const value = (3 * price) / surface + days / 10 + random() / 2;
    const told = random() < 0.05 ? '' : surface.toFixed(2);
    return `${price.toFixed(2)},${told},${random().toFixed(3)},${day(from)},${day(from + days)},${value.toFixed(3)}`;
  });
  return `price,surface,noise,offered,sold,value\n${lines.join('\n')}\n`;
}

let lake: TemporaryLake;
let ports: JobPorts;
let ingested: Ingested;
let first: { output: CandidateOutput; news: StageProgress[] };

beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
  ingested = await lake.ingest('houses.csv', csv(1));
  first = await pipelineRun({ champion: null, version: 1, seed: 1 });
}, 240_000);
afterAll(() => lake.close());

async function pipelineRun(asked: Pick<CandidateInput, 'champion' | 'version' | 'seed'>) {
  const news: StageProgress[] = [];
  const { manifest, manifestId } = { manifestId: 'ab'.repeat(32), ...ingested };
  const input: CandidateInput = {
    ...{ runId: 'run_1', modelName: 'houses', dataset: 'houses', datasetVersion: 1, manifestId, manifest },
    ...{ increments: [manifest.rows], target: 'value', task: 'regression', timeColumn: null, exclude: [] },
    ...{ budgetSeconds: Number.POSITIVE_INFINITY, splitSeed: 1 },
    wish: { goal: { learner: 'boosted-trees', params: { rounds: 40, learningRate: 0.15 }, trials: 5 } },
    ...asked,
  };
  const output = await candidateJob(input, ports, {
    news: (one) => void (news as unknown[]).push(one),
    signal: new AbortController().signal,
    former: null,
  });
  return { output, news };
}

async function bundleOf({ bundleId }: CandidateOutput) {
  const { files } = await ports.bundles.open(bundleId);
  const json = <T>(name: BundleFile) => JSON.parse(new TextDecoder().decode(files.get(name)!)) as T;
  return { files, json, engine: decodeEngineFile(files.get('trees.json')!) };
}

test('a pipeline run says on its train stage, with its run and on the card what was made and why', async () => {
  const told = first.news.find(({ stage, state }) => stage === 'train' && state === 'done')!;
  expect(told.says).toMatch(/made features? pay/);
  expect(told.facts).toMatchObject({
    madeFeatures: { features: expect.arrayContaining([expect.anything()]) },
  });
  expect(first.output.madeSays).toMatch(/made features? pay/);
  const card = new TextDecoder().decode((await bundleOf(first.output)).files.get('card.md')!);
  expect(card).toMatch(/made features? pay/);
});

test('columns, signature and profile are those of the table: nobody has to send what was made', async () => {
  const { json, engine } = await bundleOf(first.output);
  const columns = ['price', 'surface', 'noise', 'offered', 'sold'];
  expect(engine.preparation.features.some(isMade)).toBe(true);
  expect(json<BundleManifest>('slipway.json').inputs.map(({ name }) => name)).toEqual(columns);
  const profile = json<ReferenceProfile>('profile.json');
  expect(profile.columns.map(({ name }) => name)).toEqual(columns);
  expect(Object.keys(profile.importance)).toEqual(columns);
});

test('the graph, the engine and the reference agree on rows never trained on', () => {
  expect(first.output.gates.results.find(({ id }) => id === 'parity')).toMatchObject({ passed: true });
});

test('an answer is explained by the columns alone', async () => {
  const { engine: file } = await bundleOf(first.output);
  const engine = loadEngine(file);
  const row = { price: 500, surface: 50, noise: 0.5, offered: '2024-03-01', sold: '2024-04-01' };
  const [prediction] = engine.predict([row]);
  const { columns, expected } = engine.explain(row, 0, prediction!);
  expect(columns.map(({ column }) => column)).toEqual(expect.arrayContaining(['price', 'surface']));
  const sum = columns.reduce((all, { contribution }) => all + contribution, expected);
  expect(sum).toBeCloseTo(prediction!.value as number, 4);
});

test('a later candidate is judged beside a champion that has made features, on the same rows', async () => {
  const champion = { bundleId: first.output.bundleId, version: 1, commonRows: ROWS };
  const { output } = await pipelineRun({ champion, version: 2, seed: 1 });
  const report = output.report as ValidationReport;
  expect(report.datasets[0]!.champion!.metrics).toEqual(
    (first.output.report as ValidationReport).datasets[0]!.metrics,
  );
  expect(output.gates.results.find(({ id }) => id === 'champion')).toMatchObject({ passed: true });
});
