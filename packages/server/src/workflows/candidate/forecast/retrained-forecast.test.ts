import { parseGate } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { appendFile, type Ingested, manifestId } from '../../../stages/ingest/index.ts';
import type { ValidationReport } from '../../../stages/validate/index.ts';
import { candidatePorts } from '../../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../../model.ts';
import { candidateJob } from '../candidate-job.ts';

const MONTHS = 96;
const APPENDED = 14;
const HORIZON = 12;

type Change = (usual: number, month: number) => number;

/** Months of two shops, each with a trend and a year. */
function months(from: number, to: number, change: Change = (usual) => usual): string {
  const lines = ['north', 'south'].flatMap((shop, s) => {
    const random = seededRandom(5 + s);
    return Array.from({ length: to }, (_, month) => {
      const chance = 12 * (random() - 0.5);
      const usual = (s + 1) * (200 + 2 * month + 40 * Math.sin((2 * Math.PI * month) / 12)) + chance;
      const date = new Date(Date.UTC(2016, month, 1)).toISOString().slice(0, 10);
      return `${date},${shop},${change(usual, month).toFixed(2)}`;
    }).slice(from);
  });
  return `month,shop,sales\n${lines.join('\n')}\n`;
}

let lake: TemporaryLake;
let ports: JobPorts;
let first: Ingested;
let champion: CandidateOutput;

beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
  first = await lake.ingest('first.csv', months(0, MONTHS));
  champion = await trained(first, [first.manifest.rows], {});
}, 240_000);
afterAll(() => lake.close());

function trained(
  { manifest }: Pick<Ingested, 'manifest'>,
  increments: number[],
  asked: Partial<CandidateInput>,
): Promise<CandidateOutput> {
  const input: CandidateInput = {
    ...{ runId: 'run_1', modelName: 'shops', version: 2, dataset: 'shops', datasetVersion: 2 },
    ...{ manifestId: manifestId(manifest), manifest, increments },
    ...{ target: 'sales', task: null, timeColumn: null, exclude: [], champion: null },
    forecast: { time: 'month', series: 'shop', horizon: HORIZON, known: [] },
    ...{ budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, splitSeed: 1 },
    ...asked,
  };
  return candidateJob(input, ports, {
    news: () => {},
    signal: new AbortController().signal,
    former: null,
  });
}

/** Appends months, changed, and trains a challenger of the champion, which was trained on the first ones. */
async function retrained(change?: Change, asked: Partial<CandidateInput> = {}, appended = APPENDED) {
  const file = await lake.file('appended.csv', months(MONTHS, MONTHS + appended, change));
  const { manifest } = await appendFile(
    first.manifest,
    { file, fileName: 'appended.csv', dataset: 'shops' },
    lake.ports,
  );
  const known = { increments: 1, labellings: 0 };
  const output = await trained({ manifest }, [2 * MONTHS, 2 * appended], {
    champion: { bundleId: champion.bundleId, version: 1, known, commonRows: 2 * MONTHS },
    ...asked,
  });
  const gates = new Map(output.gates.results.map((gate) => [gate.id, gate]));
  return { output, gates, report: output.report as ValidationReport };
}

describe('a forecast that is trained again', () => {
  it('is compared with the champion on steps that neither saw, and on the champion’s own hold-out', async () => {
    const asked = { gates: ['mase<=1 on "recent rows"', 'mase<=1 on "original hold-out"'].map(parseGate) };
    const { report, gates, output } = await retrained(undefined, asked);
    expect(report.datasets.map(({ name, rows }) => [name, rows])).toEqual([
      ['hold-out', 2 * HORIZON],
      ['original hold-out', 2 * HORIZON],
      ['recent rows', 2 * HORIZON],
    ]);
    for (const { champion: other } of report.datasets) expect(other).toMatchObject({ version: 1 });
    expect(gates.get('champion')).toMatchObject({ set: 'original hold-out' });
    expect(gates.get('champion-recent')).toMatchObject({ set: 'recent rows', rows: 2 * HORIZON });
    for (const id of ['label-shift', 'season-shift', 'input-shift'])
      expect(gates.get(id)).toMatchObject({ passed: true });
    expect(report.shift).toMatchObject({ champion: 1, rows: { before: 2 * MONTHS, appended: 2 * APPENDED } });
    expect(gates.get('mase <= 1 on "recent rows"')).toMatchObject({ passed: true });
    expect(output.gates.passed).toBe(true);
  }, 240_000);

  it('has as recent rows only the held-out steps that came after the champion’s training', async () => {
    const { report } = await retrained(undefined, {}, 5);
    const rows = new Map(report.datasets.map((one) => [one.name, one.rows]));
    expect(rows.get('hold-out')).toBe(2 * HORIZON);
    expect(rows.get('recent rows')).toBe(2 * 5);
  }, 240_000);

  it('leaves out a set of the champion’s training whose values it learnt, and a gate on it is closed with the way out', async () => {
    const later = await lake.ingest('later.csv', months(MONTHS - 2, MONTHS + APPENDED));
    const set = { set: 'later', dataset: 'later', version: 1, isPinned: false, manifest: later.manifest };
    const validateOn = [{ ...set, isInherited: true as const }];
    const left = await retrained(undefined, { validateOn });
    expect(left.report.datasets.map(({ name }) => name)).not.toContain('later');
    expect(left.report.notMeasured).toEqual([
      {
        set: 'later',
        says: expect.stringMatching(
          /^The set later was not measured: none of its 32 values is newer than those of the training, which end at .*, so it is used up\. Append newer values to it, or retrain with --validate-on/,
        ),
      },
    ]);
    expect(left.output.gates.passed).toBe(true);

    const gates = [parseGate('mase<=1 on later')];
    const gated = await retrained(undefined, { validateOn, gates });
    expect(gated.gates.get('mase <= 1 on later')).toMatchObject({ passed: false, set: 'later', rows: 0 });
    expect(gated.gates.get('mase <= 1 on later')!.says).toBe(left.report.notMeasured![0]!.says);
    await expect(retrained(undefined, { validateOn: [set] })).rejects.toMatchObject({
      code: 'validation.unfit',
    });
  }, 240_000);

  it('measures a set of the champion’s training on what it did not learn of it', async () => {
    const later = await lake.ingest('later.csv', months(MONTHS, MONTHS + APPENDED));
    const set = { set: 'later', dataset: 'later', version: 1, isPinned: false, manifest: later.manifest };
    const { report } = await retrained(undefined, { validateOn: [{ ...set, isInherited: true }] }, 5);
    expect(report.notMeasured).toBeUndefined();
    expect(report.datasets.find(({ name }) => name === 'later')!.rows).toBe(2 * (APPENDED - 5));
  }, 240_000);

  it('is refused where the level of the new values changed by a large effect, and nothing rolls forward', async () => {
    const { output, gates } = await retrained((usual) => usual / 100);
    expect(gates.get('label-shift')).toMatchObject({ passed: false });
    expect(gates.get('label-shift')!.says).toMatch(
      /level of sales changed by a large effect, in 2 of 2 series.*--accept-shift.*rollback/,
    );
    expect(gates.has('roll-forward')).toBe(false);
    expect(output.gates.passed).toBe(false);
  }, 240_000);

  it('passes the gates on the shift where a person accepts it', async () => {
    const { gates } = await retrained((usual) => usual / 100, { acceptShift: true });
    expect(gates.get('label-shift')).toMatchObject({ passed: true });
    expect(gates.get('label-shift')!.says).toContain('Accepted as intended.');
    expect(gates.get('beats-seasonal-naive')).toMatchObject({ set: 'recent rows' });
  }, 240_000);

  it('is refused where the new values lost their season, or stand still', async () => {
    const random = seededRandom(9);
    const lost = await retrained((_, month) => 400 + month + 120 * (random() - 0.5));
    expect(lost.gates.get('season-shift')).toMatchObject({ passed: false });
    const stuck = await retrained(() => 420);
    expect(stuck.gates.get('input-shift')).toMatchObject({ passed: false });
    expect(stuck.gates.get('input-shift')!.says).toContain('sales has the same value at all appended steps');
    expect(stuck.output.gates.passed).toBe(false);
  }, 240_000);
});

it('values that come in other steps than the champion forecasts are refused, with both', async () => {
  const days = Array.from({ length: 2500 }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},north,${200 + (day % 7)}\n${date},south,${400 + (day % 7)}`;
  });
  const file = await lake.file('days.csv', `month,shop,sales\n${days.join('\n')}\n`);
  const { manifest } = await appendFile(
    first.manifest,
    { file, fileName: 'days.csv', dataset: 'shops' },
    lake.ports,
  );
  const asked = {
    forecast: { time: 'month', series: 'shop', horizon: null, known: [] },
    champion: {
      bundleId: champion.bundleId,
      version: 1,
      known: { increments: 1, labellings: 0 },
      commonRows: 192,
    },
  };
  await expect(
    trained({ manifest }, [2 * MONTHS, 5000], { ...asked, isRetraining: true }),
  ).rejects.toMatchObject({
    code: 'forecast.steps-changed',
    message: 'The values of shops come daily now, and version 1 forecasts values that come monthly.',
  });
});
