import { parseGate } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { type Ingested, manifestId } from '../../../stages/ingest/index.ts';
import type { DatasetReport, ValidationReport } from '../../../stages/validate/index.ts';
import { candidatePorts } from '../../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import { candidateJob } from '../../candidate/candidate-job.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput, CandidateSet, ValidateModelInput } from '../../model.ts';
import { validateModelJob } from '../validate-model-job.ts';

const MONTHS = 72;
const HORIZON = 6;
const HEADER = 'month,shop,holiday,sales';

/** Months of shops with a trend and a year; a known holiday costs a third. */
function months(from: number, to: number, shops = ['north', 'south']): string {
  const lines = shops.flatMap((shop, s) => {
    const random = seededRandom(31 + s);
    return Array.from({ length: to }, (_, month) => {
      const holiday = month % 5 === 2 ? 'yes' : 'no';
      const usual = (s + 1) * (200 + month + 40 * Math.sin((2 * Math.PI * month) / 12)) + 20 * random();
      const sales = holiday === 'yes' ? usual * 0.66 : usual;
      return [monthOf(month), shop, holiday, sales.toFixed(2)].join(',');
    }).slice(from);
  });
  return `${HEADER}\n${lines.join('\n')}\n`;
}

function monthOf(month: number): string {
  return new Date(Date.UTC(2018, month, 1)).toISOString().slice(0, 10);
}

let lake: TemporaryLake;
let ports: JobPorts;
let input: CandidateInput;
let output: CandidateOutput;
let later: Ingested;
const run = { news: () => {}, signal: new AbortController().signal, former: null };

const setOf = (set: string, { manifest }: Ingested): CandidateSet => {
  return { set, dataset: set, version: 1, isPinned: false, manifest };
};

beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
  const { manifest } = await lake.ingest('shops.csv', months(0, MONTHS));
  later = await lake.ingest('later.csv', months(MONTHS - 4, MONTHS + 20, ['north', 'south', 'west']));
  input = {
    ...{ runId: 'run_1', modelName: 'shops', version: 1, dataset: 'shops', datasetVersion: 1 },
    ...{ manifestId: manifestId(manifest), manifest, increments: [manifest.rows] },
    ...{ target: 'sales', task: null, timeColumn: null, exclude: [], champion: null },
    forecast: { time: 'month', series: 'shop', horizon: HORIZON, known: ['holiday'] },
    ...{ budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, splitSeed: 1 },
    validateOn: [setOf('later', later)],
    gates: ['mase<=0.9 on later', 'coverage_80>=1.01 on later', 'mae>0'].map(parseGate),
  };
  output = await candidateJob(input, ports, run);
}, 240_000);
afterAll(() => lake.close());

const datasetsIn = (report: unknown): DatasetReport[] => (report as ValidationReport).datasets;

describe('a forecast with a further set', () => {
  it('is measured on its newer values from rolling origins, and says what was left out', () => {
    const [holdout, further] = datasetsIn(output.report);
    expect([holdout!.name, further!.name]).toEqual(['hold-out', 'later']);
    // 20 months of two shops from four origins, of which the last has two steps.
    expect(further!.rows).toBe(2 * 20);
    expect(further!.forecast).toMatchObject({ origins: 4, horizon: HORIZON });
    expect(further!.metrics.mase).toBeLessThan(0.9);
    expect(further!.metrics).toMatchObject({ mae: expect.any(Number), coverage_95: expect.any(Number) });
    expect(further!.forecast!.steps[5]!.coverage).toMatchObject({ 0.8: expect.any(Number) });
    const { notes } = further!.origin!;
    expect(notes.join(' ')).toContain('8 values of later@1 are not newer than the training');
    expect(notes.join(' ')).toContain('1 series of later@1 left out that the model does not know: west');
  });

  it('has gates on its metrics decided, coverage of intervals among them', () => {
    const gates = new Map(output.gates.results.map((gate) => [gate.id, gate]));
    expect(gates.get('mase <= 0.9 on later')).toMatchObject({ passed: true, set: 'later', rows: 40 });
    expect(gates.get('coverage-80 >= 1.01 on later')).toMatchObject({ passed: false });
    expect(gates.get('coverage-80 >= 1.01 on later')!.observed).toBeGreaterThan(0.4);
    expect(gates.get('mae > 0')).toMatchObject({ passed: true, set: 'hold-out' });
    expect(output.gates.passed).toBe(false);
  });

  it.each([
    ['no newer value', months(0, 40), /none of its 80 values is newer .* end at 2023-12-01/],
    ['a gap longer than the horizon', months(MONTHS + 7, MONTHS + 12), /7 steps lie between/],
    [
      'other steps',
      `${HEADER}\n2024-01-01,north,no,1\n2024-01-02,north,no,2\n2024-01-03,north,no,3\n2024-01-04,north,no,3\n`,
      /its steps are daily/,
    ],
    ['unknown series alone', months(MONTHS, MONTHS + 6, ['east']), /knows none of its series \(east\)/],
    [
      'no column known in advance',
      'month,shop,sales\n2024-01-01,north,3\n2024-02-01,north,4\n2024-03-01,north,4\n',
      /holiday/,
    ],
  ])('ends before its search for a set with %s', async (_, content, reason) => {
    const odd = setOf('odd', await lake.ingest('odd.csv', content));
    const stages: unknown[] = [];
    const begun = candidateJob({ ...input, gates: [], validateOn: [odd] }, ports, {
      ...run,
      news: (news) => 'stage' in news && stages.push(news.stage),
    });
    await expect(begun).rejects.toMatchObject({
      code: 'validation.unfit',
      message: expect.stringMatching(reason),
    });
    expect(stages).not.toContain('train');
  });
});

describe('a version of a forecast that is validated later', () => {
  const validated = (asked: Partial<ValidateModelInput> = {}) =>
    validateModelJob(
      {
        ...{ model: 'shops', version: 1, bundleId: output.bundleId, dataset: 'later', datasetVersion: 1 },
        ...{ manifest: later.manifest, target: 'sales', gates: [], trained: input, champion: null, by: 'me' },
        ...asked,
      },
      ports,
      run,
    );

  it('is measured as it answers, fitted on all values of its training, and its gates are decided', async () => {
    const gates = ['mase<=0.9', 'coverage_95>=0.5'].map(parseGate);
    const { passed, says, report } = await validated({ gates });
    expect(passed).toBe(true);
    expect(says).toMatch(
      /^mase 0\.\d+ .* on 40 steps of later@1, forecast from 4 origins, up to 6 steps ahead\. All 2 gates hold\.$/,
    );
    const [set] = datasetsIn(report);
    expect(set!.origin!.overlap).toEqual({ rows: 0, columns: 4 });
    expect(set!.champion).toBeNull();
  });

  it('is compared with the champion on the same steps', async () => {
    const champion = { bundleId: output.bundleId, version: 2 };
    const { report } = await validated({ champion });
    expect(datasetsIn(report)[0]!.champion).toMatchObject({ version: 2, difference: { value: 0 } });
  });

  it('is measured by the values that its bundle keeps where its training is not known, and says so', async () => {
    const known = datasetsIn((await validated()).report)[0]!;
    const [set] = datasetsIn((await validated({ trained: null })).report);
    expect(set!.metrics.mae).toBeCloseTo(known.metrics.mae!, 8);
    expect(set!.origin!.notes.join(' ')).toContain('The training values are not in the lake');
  });

  it('is measured on fewer steps than the horizon where the set has no more', async () => {
    const { manifest } = await lake.ingest('short.csv', months(MONTHS, MONTHS + 3));
    const [set] = datasetsIn((await validated({ manifest })).report);
    expect(set!.rows).toBe(6);
    expect(set!.forecast!.origins).toBe(1);
  });
});
