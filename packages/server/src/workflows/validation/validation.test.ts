import { parseGate } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import type { Ingested } from '../../stages/ingest/index.ts';
import { type BundleFiles, decodeEngineFile } from '../../stages/pack/index.ts';
import type { DatasetReport, ValidationReport } from '../../stages/validate/index.ts';
import { candidatePorts } from '../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { candidateJob } from '../candidate/candidate-job.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput, CandidateSet, ValidateModelInput } from '../model.ts';
import { learnedRows } from './learned-rows.ts';
import { validateModelJob } from './validate-model-job.ts';

const HEADER = 'id,area,age,bought';

/** Orders of which older people's are likelier; areas have leading zeros, so they are texts. */
function orders(rows: number, seed: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, (_, row) => {
    const age = 18 + Math.floor(random() * 60);
    const bought = random() < 1 / (1 + Math.exp((45 - age) / 6)) ? 'yes' : 'no';
    return `${seed * 10_000 + row},0${1 + Math.floor(random() * 2)},${age},${bought}`;
  });
}

const TRAINING = orders(500, 1);
const csv = (lines: readonly string[]) => `${HEADER}\n${lines.join('\n')}\n`;

let lake: TemporaryLake;
let ports: JobPorts;
let training: Ingested;
let march: Ingested;
let input: CandidateInput;
let output: CandidateOutput;
const signal = new AbortController().signal;
const run = { news: () => {}, signal, former: null };

const setOf = (set: string, { manifest }: Ingested): CandidateSet => {
  return { set, dataset: set, version: 1, isPinned: false, manifest };
};

beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
  training = await lake.ingest('orders.csv', csv(TRAINING));
  const unusable = ['1,01,30,', '2,01,30,', '3,02,40,perhaps'];
  march = await lake.ingest('march.csv', csv([...orders(200, 2), ...TRAINING.slice(0, 50), ...unusable]));
  const { manifest, manifestId } = { manifestId: 'ab'.repeat(32), ...training };
  input = {
    ...{ runId: 'run_1', modelName: 'orders', version: 1, dataset: 'orders', datasetVersion: 1 },
    ...{ manifestId, manifest, increments: [manifest.rows], target: 'bought', task: null },
    ...{ timeColumn: null, exclude: ['id'], budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, splitSeed: 1 },
    champion: null,
    wish: { goal: { learner: 'linear', params: {} }, refit: false },
    validateOn: [setOf('march', march)],
    gates: ['recall>=0.99 on march', 'accuracy>=0.5 where area=01', 'accuracy>=0.5 by area'].map(parseGate),
  };
  output = await candidateJob(input, ports, run);
}, 120_000);
afterAll(() => lake.close());

const datasetsIn = (report: unknown): DatasetReport[] => (report as ValidationReport).datasets;

describe('a candidate with a further set', () => {
  it('is measured on it beside the hold-out, and says what was left out and what was trained on', () => {
    const [holdout, further] = datasetsIn(output.report);
    expect([holdout!.name, further!.name]).toEqual(['hold-out', 'march']);
    expect(further!.rows).toBe(250);
    const trainRows = output.rows.train;
    const { origin } = further!;
    expect(origin).toMatchObject({
      ...{ dataset: 'march', version: 1 },
      leftOut: { missingTarget: 2, unknownClass: 1 },
      overlap: { columns: 4 },
    });
    // The first 50 rows of the table are on either side of the split, and only those of training count.
    const { rows } = origin!.overlap!;
    expect(rows).toBeGreaterThan(50 * (trainRows / 500) - 15);
    expect(rows).toBeLessThan(50);
    expect(further!.withoutOverlap!.rows).toBe(250 - rows);
    expect(origin!.notes.join(' ')).toContain(`${rows} of the 250 measured rows equal a training row`);
    expect(further!.slices.every(({ column }) => column !== 'bought')).toBe(true);
  });

  it('has the gates that were asked for decided beside the usual ones', () => {
    const { results, passed } = output.gates;
    expect(passed).toBe(false);
    expect(results.map(({ id, passed }) => [id, passed])).toEqual([
      ['leakage', true],
      ['beats-baseline', true],
      ['champion', true],
      ['calibration', true],
      ['recall >= 0.99 on march', false],
      ['accuracy >= 0.5 where area = 01', true],
      ['accuracy >= 0.5 by area', true],
      ['parity', true],
    ]);
    expect(results[4]).toMatchObject({ set: 'march', rows: 250 });
  });

  it.each([
    ['a metric of another task', { gates: [parseGate('rmse<=3')] }, 'gate.metric-unknown'],
    ['a set that lacks an input', { lines: ['area,bought', '01,yes', '02,no'] }, 'validation.unfit'],
    [
      'a set without a known class',
      { lines: [HEADER, '1,01,30,maybe', '2,02,40,never'] },
      'validation.unfit',
    ],
    ['a set whose numbers are words', { lines: [HEADER, '1,01,old,yes', '2,02,40,no'] }, 'validation.unfit'],
  ])(
    'ends before its search for %s',
    async (_, { gates, lines }: { gates?: CandidateInput['gates']; lines?: string[] }, code) => {
      const stages: unknown[] = [];
      const sets =
        lines === undefined ? [] : [setOf('odd', await lake.ingest('odd.csv', `${lines.join('\n')}\n`))];
      const begun = candidateJob({ ...input, gates, validateOn: sets }, ports, {
        ...run,
        news: (news) => 'stage' in news && stages.push(news.stage),
      });
      await expect(begun).rejects.toMatchObject({ code });
      expect(stages).not.toContain('train');
    },
  );
});

describe('a version that is validated later', () => {
  const later = (asked: Partial<ValidateModelInput> = {}) =>
    validateModelJob(
      {
        ...{ model: 'orders', version: 1, bundleId: output.bundleId, dataset: 'march', datasetVersion: 1 },
        ...{
          manifest: march.manifest,
          target: 'bought',
          gates: [],
          trained: input,
          champion: null,
          by: 'me',
        },
        ...asked,
      },
      ports,
      run,
    );

  it('has the figures, the rows left out and the overlap that its training found on the same set', async () => {
    const [, trained] = datasetsIn(output.report);
    const result = await later({ gates: [parseGate('recall>=0.99'), parseGate('accuracy>=0.5 by area')] });
    const [measured] = datasetsIn(result.report);
    expect(measured!.name).toBe('march@1');
    expect(measured!.metrics).toEqual(trained!.metrics);
    expect(measured!.baseline.metrics).toEqual(trained!.baseline.metrics);
    expect(measured!.origin).toEqual(trained!.origin);
    expect(result).toMatchObject({ passed: false, gates: [{ passed: false }, { passed: true }] });
    expect(result.says).toContain('1 of 2 gates closed');
  });

  it('is compared with the champion on the same rows', async () => {
    const result = await later({ champion: { bundleId: output.bundleId, version: 7 } });
    const [{ champion, metrics }] = datasetsIn(result.report) as [DatasetReport];
    expect(champion).toMatchObject({ version: 7, metrics, difference: { value: 0 } });
    expect(result.passed).toBeNull();
  });

  it('says that the training rows are not known, and that the baseline is of these rows', async () => {
    const [measured] = datasetsIn((await later({ trained: null })).report);
    expect(measured!.origin!.overlap).toBeNull();
    expect(measured!.origin!.notes.join(' ')).toContain('its training was not recorded');
    expect(measured!.baseline.says).toContain('class shares of these rows');
  });

  it('counts rows of both sides of the split once the model was refitted on them', async () => {
    const { files } = await ports.bundles.open(output.bundleId);
    const { preparation } = decodeEngineFile(files.get('trees.json')!);
    const before = await learnedRows(input, { files, preparation }, ports, signal);
    const kept = JSON.parse(new TextDecoder().decode(files.get('holdout.json')!)) as object;
    const facts = { ...kept, refit: { done: true, rows: 500, seconds: 1 } };
    const held = new TextEncoder().encode(JSON.stringify(facts));
    const refitted: BundleFiles = new Map([...files, ['holdout.json' as const, held]]);
    const after = await learnedRows(input, { files: refitted, preparation }, ports, signal);
    expect(before).toMatchObject({ table: { rows: output.rows.train } });
    expect(after).toMatchObject({ table: { rows: 500 } });
  });
});
