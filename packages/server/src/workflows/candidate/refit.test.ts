import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { type Ingested, readTable } from '../../stages/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import {
  type BundleManifest,
  decodeEngineFile,
  heldOutOf,
  type ReferenceProfile,
} from '../../stages/pack/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import { measure } from '../../stages/train/index.ts';
import type { ValidationReport } from '../../stages/validate/index.ts';
import { candidatePorts } from '../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { optimizeModelJob } from '../jobs/optimize-model-job.ts';
import type { CandidateInput, CandidateOutput, OptimizeModelInput, StageProgress } from '../model.ts';
import { candidateJob } from './candidate-job.ts';

const ROWS = 600;
/** Rows that come later, as an increment. */
const LATER = 200;

/** Days in order; the effort counts, and in the last fifth of the first rows, and in all later ones, each unit costs more. */
function csv(rows: number): string {
  const random = seededRandom(3);
  const lines = Array.from({ length: rows }, (_, row) => {
    const day = new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10);
    const effort = 10 * random();
    const isNew = row >= 0.8 * ROWS;
    const cost = effort + (isNew ? 40 : 0) + 3 * random();
    return `${day},${effort.toFixed(3)},${(isNew ? 5 : 1) + Math.floor(4 * random())},${cost.toFixed(3)}`;
  });
  return `day,effort,rate,cost\n${lines.join('\n')}\n`;
}

let lake: TemporaryLake;
let ports: JobPorts;
let table: Ingested;
let longer: Ingested;
type Made = { output: CandidateOutput; news: StageProgress[]; input: CandidateInput };
let refitted: Made;
let plain: Made;

beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
  table = await lake.ingest('costs.csv', csv(ROWS));
  longer = await lake.ingest('longer.csv', csv(ROWS + LATER));
  refitted = await pipelineRun(table);
  plain = await pipelineRun(table, { wish: { refit: false } });
}, 240_000);
afterAll(() => lake.close());

async function pipelineRun(of: Ingested, more: Partial<CandidateInput> = {}): Promise<Made> {
  const news: StageProgress[] = [];
  const { manifest } = of;
  const goal = { learner: 'boosted-trees', params: { rounds: 60, learningRate: 0.2 }, trials: 1 };
  const input: CandidateInput = {
    ...{ runId: 'run_1', modelName: 'costs', version: 1, dataset: 'costs', datasetVersion: 1, manifest },
    ...{ manifestId: 'ab'.repeat(32), increments: [manifest.rows], target: 'cost', task: 'regression' },
    ...{ timeColumn: 'day', exclude: [], budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, splitSeed: 1 },
    champion: null,
    ...more,
    wish: { goal, ...more.wish },
  };
  const output = await candidateJob(input, ports, {
    news: (one) => void (news as unknown[]).push(one),
    signal: new AbortController().signal,
    former: null,
  });
  return { output, news, input };
}

async function bundleOf(bundleId: string) {
  const { files } = await ports.bundles.open(bundleId);
  const json = <T>(name: Parameters<typeof files.get>[0]) =>
    JSON.parse(new TextDecoder().decode(files.get(name)!)) as T;
  return { files, json, engine: decodeEngineFile(files.get('trees.json')!), held: heldOutOf(files)! };
}

/** Mean absolute error of what a bundle answers on the rows that were held out of it. */
async function liveError(bundleId: string): Promise<number> {
  const { engine, held } = await bundleOf(bundleId);
  const rows = await readTable(table.manifest, lake.ports);
  const features = encodeFeatures(engine.preparation, rows, held.rows);
  const live = predictFlatRows(compileFlat(engine.model), features);
  return measure('regression', held.target, live, { threshold: 0.5 }).mae!;
}

const holdoutOf = ({ output }: Made) => (output.report as ValidationReport).datasets[0]!;
const factsOf = ({ news }: Made, wanted: string) =>
  news.find(({ stage, state }) => stage === wanted && state === 'done')!;

describe('a refitted version', () => {
  test('answers for what only the newest rows, its hold-out, could tell; one without a refit does not', async () => {
    expect(await liveError(refitted.output.bundleId)).toBeLessThan(5);
    expect(await liveError(plain.output.bundleId)).toBeGreaterThan(15);
    expect(refitted.output.refit).toMatchObject({ done: true, rows: ROWS });
    expect(plain.output.refit).toEqual({ done: false, reason: 'it was asked for without a refit' });
  });

  test('reports exactly the figures of the model before', async () => {
    const { held } = await bundleOf(refitted.output.bundleId);
    const metrics = measure('regression', held.target, held.predictions, { threshold: held.threshold });
    expect(holdoutOf(refitted).metrics).toEqual(metrics);
    expect(refitted.output.metrics).toEqual(metrics);
    // As the training without a refit was measured, before it was optimized.
    expect(factsOf(plain, 'validate').facts.metrics).toEqual(metrics);
    expect(factsOf(refitted, 'validate').facts).toEqual(factsOf(plain, 'validate').facts);
  });

  test('keeps row numbers and targets of its hold-out, and says what was done on stage and card', async () => {
    const { held, files } = await bundleOf(refitted.output.bundleId);
    expect([...held.rows]).toEqual(Array.from({ length: ROWS / 5 }, (_, i) => (4 * ROWS) / 5 + i));
    expect(held.dataset).toMatchObject({ name: 'costs', version: 1, rows: ROWS });
    expect(factsOf(refitted, 'train').says).toMatch(/Refitted on 600 rows, including the hold-out/);
    expect(factsOf(plain, 'train').says).toMatch(/Not refitted on all rows: it was asked for without/);
    expect(new TextDecoder().decode(files.get('card.md')!)).toMatch(/Refitted on 600 rows/);
  });

  test('has the predictions of the model before as the reference for drift', async () => {
    const { json, held } = await bundleOf(refitted.output.bundleId);
    const { mean } = json<ReferenceProfile>('profile.json').score;
    const { values } = held.predictions;
    expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
  });

  test('passes the parity gate, and its golden rows are of the model that answers', async () => {
    expect(refitted.output.gates.results.find(({ id }) => id === 'parity')).toMatchObject({ passed: true });
    const { golden } = (await bundleOf(refitted.output.bundleId)).json<BundleManifest>('slipway.json');
    for (const { value } of golden.predictions) expect(value).toBeGreaterThan(30);
  });
});

describe('as champion, a refitted version', () => {
  const champion = () => ({ bundleId: refitted.output.bundleId, version: 1, commonRows: ROWS });

  test('is no better for knowing the hold-out by heart: its figures are those of before', async () => {
    const again = await pipelineRun(table, { champion: champion(), version: 2 });
    expect(holdoutOf(again).champion!.metrics).toEqual(holdoutOf(refitted).metrics);
    expect(holdoutOf(again).champion!.difference.value).toBe(0);
    expect(again.output.gates.results.find(({ id }) => id === 'champion')).toMatchObject({ passed: true });
  });

  test('answers itself for rows that were appended since', async () => {
    const increments = [ROWS, LATER];
    const later = await pipelineRun(longer, {
      champion: champion(),
      version: 2,
      increments,
      datasetVersion: 2,
    });
    const { champion: report, rows } = holdoutOf(later);
    expect(rows).toBe((ROWS + LATER) / 5);
    expect(report!.on).toBeUndefined();
    // On the hold-out of before it is as far off as it was; on the 40 new rows it knows what was new then.
    const before = holdoutOf(refitted).metrics.mae!;
    const known = (report!.metrics.mae! * rows - (before * ROWS) / 5) / (LATER / 5);
    expect(before).toBeGreaterThan(15);
    expect(known).toBeLessThan(5);
  });

  test('is not compared where nothing is known that it has not learnt from, and stays', async () => {
    const foreign = await pipelineRun(table, { champion: { ...champion(), commonRows: 0 }, version: 2 });
    expect(holdoutOf(foreign).champion).toBeNull();
    const gate = foreign.output.gates.results.find(({ id }) => id === 'champion')!;
    expect(gate).toMatchObject({
      passed: false,
      says: expect.stringMatching(/cannot be compared with the champion/),
    });
  });
});

test('another form of a refitted version keeps its metrics and its hold-out as predicted before', async () => {
  const { bundleId } = refitted.output;
  const input: OptimizeModelInput = {
    ...{ model: 'costs', version: 1, bundleId, maxLoss: 100, prefer: 'size', unverified: false },
    ...{ on: null, calibration: null, target: null, trained: refitted.input, by: 'key:test' },
  };
  const run = { news: () => undefined, signal: new AbortController().signal, former: null };
  const made = await optimizeModelJob(input, ports, run as never);
  expect(made.judgedBy.data).toBe('120 rows that it was refitted on');
  expect(made.says).toMatch(/rows that the model was refitted on; the new version keeps the metrics/);
  expect(made.metrics).toEqual(refitted.output.metrics);
  // Its own report is beside its source, on rows that both have learnt from, and says so.
  const { dataset, datasetVersion, report } = made.validation!;
  expect([dataset, datasetVersion]).toEqual([refitted.input.dataset, refitted.input.datasetVersion]);
  expect((report as ValidationReport).datasets[0]).toMatchObject({
    rows: 120,
    champion: { name: 'costs', version: 1 },
    origin: { notes: [expect.stringMatching(/only their difference counts/)] },
  });
  const { held, json } = await bundleOf(made.bundleId!);
  expect(held).toEqual((await bundleOf(bundleId)).held);
  expect(json<BundleManifest>('slipway.json').metrics).toEqual(refitted.output.metrics);
});
