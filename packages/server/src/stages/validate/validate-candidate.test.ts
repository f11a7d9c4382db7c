import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import type { Table } from '../ingest/index.ts';
import { DEFAULT_GATES, decideGates, PARITY_GATE } from './gates/index.ts';
import type { Gate, ValidationDataset, ValidationRequest } from './model.ts';
import { validateCandidate } from './validate-candidate.ts';

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows whose true log-odds are known, and predictions of a model that sees them through noise. */
function binaryRows(rows: number, seed: number, noise = 0): { target: Float64Array; odds: Float64Array } {
  const random = seededRandom(seed);
  const odds = Float64Array.from({ length: rows }, () => (random() - 0.5) * 6);
  const target = Float64Array.from(odds, (x) => (random() < logistic(x) ? 1 : 0));
  return { target, odds: odds.map((x) => x + noise * (random() - 0.5)) };
}

const predictionsOf = (values: Float64Array, outputs = 1) => ({
  rows: values.length / outputs,
  outputs,
  values,
});

function binaryRequest(dataset: Partial<ValidationDataset>, rows = 600, seed = 1): ValidationRequest {
  const { target, odds } = binaryRows(rows, seed);
  return {
    task: 'binary',
    classes: ['No', 'Yes'],
    threshold: 0.5,
    prior: { classShares: [0.5, 0.5] },
    datasets: [{ name: 'holdout', target, candidate: predictionsOf(odds.map(logistic)), ...dataset }],
    seed: 7,
  };
}

describe('a champion that has learnt from some of the rows', () => {
  const whole = binaryRequest({});
  const { target, candidate } = whole.datasets[0]!;
  const compared = Int32Array.from({ length: 300 }, (_, i) => 2 * i);
  const worse = predictionsOf(Float64Array.from(compared, (row) => 1 - candidate.values[row]!));
  const champion = { name: 'm', version: 4, threshold: 0.5 };
  const reportOf = (more: Partial<ValidationDataset>) =>
    validateCandidate({ ...whole, champion, datasets: [{ ...whole.datasets[0]!, ...more }] }).datasets[0]!;

  it('is compared on the others alone, and the candidate there with it', () => {
    const report = reportOf({ champion: worse, compared });
    const half = validateCandidate({
      ...whole,
      datasets: [
        {
          name: 'half',
          target: Float64Array.from(compared, (row) => target[row]!),
          candidate: predictionsOf(Float64Array.from(compared, (row) => candidate.values[row]!)),
        },
      ],
    }).datasets[0]!;
    const { on, metrics, difference } = report.champion!;
    expect(on).toEqual({ rows: 300, candidate: half.primary.value });
    expect(metrics['roc-auc']).toBeCloseTo(1 - half.primary.value, 9);
    expect(difference.value).toBeCloseTo(2 * half.primary.value - 1, 9);
    expect(difference.low).toBeGreaterThan(0);
    // All else is of all rows.
    expect(report.metrics).toEqual(validateCandidate(whole).datasets[0]!.metrics);
  });

  it('stays where no row is left to compare on, and the gate says so', () => {
    const report = {
      ...validateCandidate(whole),
      datasets: [reportOf({ notCompared: 'it knows them all' })],
    };
    const gate = decideGates({ report }).results.find(({ id }) => id === 'champion')!;
    expect(gate.passed).toBe(false);
    expect(gate.says).toMatch(
      /cannot be compared with the champion, so the champion stays deployed: it knows them all/,
    );
  });
});

describe('a report', () => {
  const request = binaryRequest({});
  const report = validateCandidate(request);
  const [holdout] = report.datasets;

  it('says the primary metric with an interval around it', () => {
    const { metric, value, low, high } = holdout!.primary;
    expect(metric).toBe('roc-auc');
    expect(value).toBeCloseTo(holdout!.metrics['roc-auc']!, 12);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it('counts every row once in the confusion matrix, by truth and answer', () => {
    const { counts } = holdout!.classification!.confusion;
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(600);
    const accuracy = (counts[0]![0]! + counts[1]![1]!) / 600;
    expect(accuracy).toBeCloseTo(holdout!.metrics.accuracy!, 12);
  });

  it('draws curves of at most 200 points whose area is the metric', () => {
    const { roc, precisionRecall } = holdout!.classification!;
    expect(roc.length).toBeLessThanOrEqual(200);
    expect(precisionRecall.length).toBeLessThanOrEqual(200);
    const area = roc.slice(1).reduce((sum, p, i) => sum + ((p.x - roc[i]!.x) * (p.y + roc[i]!.y)) / 2, 0);
    expect(area).toBeCloseTo(holdout!.metrics['roc-auc']!, 2);
    expect(roc.at(-1)).toMatchObject({ x: 1, y: 1 });
  });

  it('tells what each threshold would give, as the metrics do at the chosen one', () => {
    const half = holdout!.classification!.thresholds.find((row) => row.threshold === 0.5)!;
    expect(half.precision).toBeCloseTo(holdout!.metrics.precision!, 12);
    expect(half.recall).toBeCloseTo(holdout!.metrics.recall!, 12);
    expect(half.f1).toBeCloseTo(holdout!.metrics.f1!, 12);
    expect(half.specificity).toBeCloseTo(holdout!.metrics.specificity!, 12);
    expect(half.npv).toBeCloseTo(holdout!.metrics.npv!, 12);
    const [no, yes] = holdout!.classification!.perClass;
    expect(yes!.specificity).toBeCloseTo(holdout!.metrics.specificity!, 12);
    expect(yes!.npv).toBeCloseTo(holdout!.metrics.npv!, 12);
    expect(no!.specificity).toBeCloseTo(holdout!.metrics.sensitivity!, 12);
    expect(no!.npv).toBeCloseTo(holdout!.metrics.ppv!, 12);
  });

  it('shows true probabilities to be reliable', () => {
    const { reliability } = holdout!.classification!;
    expect(reliability.reduce((sum, bin) => sum + bin.rows, 0)).toBe(600);
    const outside = reliability.filter((bin) => bin.stated < bin.low || bin.stated > bin.high);
    expect(outside.length).toBeLessThanOrEqual(2);
  });

  it('is the same for the same request', () => {
    expect(validateCandidate(request)).toEqual(report);
  });

  it('survives JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('slices', () => {
  it('finds the group on which the model errs, and does not accuse others', () => {
    const { target, odds } = binaryRows(2000, 3);
    const random = seededRandom(4);
    const region = Int32Array.from({ length: 2000 }, () => Math.floor(random() * 4));
    const values = odds.map((x, row) => logistic(region[row] === 2 ? -x : x));
    const table: Table = {
      rows: 2000,
      columns: [
        { name: 'region', type: 'string', codes: region, dictionary: ['north', 'east', 'south', 'west'] },
        { name: 'noise', type: 'number', values: Float64Array.from(target, () => random()) },
      ],
    };
    const request = binaryRequest({ target, candidate: predictionsOf(values), table });
    const { slices, slicesExamined } = validateCandidate(request).datasets[0]!;
    expect(slicesExamined).toBe(8);
    expect(slices[0]).toMatchObject({ column: 'region', says: '= south', clearlyWorse: true });
    expect(slices.filter((slice) => slice.clearlyWorse)).toHaveLength(1);
  });

  it('are made of the inputs of the model alone: no identifier, no column left out as asked', () => {
    const { target, odds } = binaryRows(2000, 3);
    const group = Int32Array.from({ length: 2000 }, (_, row) => row % 2);
    const values = odds.map((x, row) => logistic(group[row] === 1 ? -x : x));
    const column = (name: string) => ({
      name,
      type: 'string' as const,
      codes: group,
      dictionary: ['a', 'b'],
    });
    const table: Table = { rows: 2000, columns: [column('used'), column('excluded')] };
    const request = binaryRequest({ target, candidate: predictionsOf(values), table });
    const { slices } = validateCandidate({ ...request, sliceColumns: ['used'] }).datasets[0]!;
    expect(new Set(slices.map((slice) => slice.column))).toEqual(new Set(['used']));
    expect(slices.some((slice) => slice.clearlyWorse)).toBe(true);
  });

  it('names quartiles of epoch milliseconds by digits in which they differ', () => {
    const { target, odds } = binaryRows(2000, 3);
    const at = Float64Array.from(target, (_, row) => 1.7e12 + row);
    const values = odds.map((x, row) => logistic(row < 500 ? -x : x));
    const table: Table = { rows: 2000, columns: [{ name: 'at', type: 'number', values: at }] };
    const request = binaryRequest({ target, candidate: predictionsOf(values), table });
    const [first] = validateCandidate(request).datasets[0]!.slices;
    expect(first).toMatchObject({ column: 'at', says: '1700000000000 to 1700000000500' });
  });

  it('accuses nobody when the model errs everywhere alike', () => {
    const random = seededRandom(8);
    let accused = 0;
    for (let trial = 0; trial < 40; trial++) {
      const { target, odds } = binaryRows(800, 100 + trial);
      const columns = ['a', 'b', 'c', 'd'].map((name) => ({
        name,
        type: 'number' as const,
        values: Float64Array.from(target, () => (random() < 0.1 ? Number.NaN : random())),
      }));
      const table = { rows: 800, columns };
      const request = binaryRequest({ target, candidate: predictionsOf(odds.map(logistic)), table });
      accused += validateCandidate(request).datasets[0]!.slices.filter((slice) => slice.clearlyWorse).length;
    }
    // 40 reports at 5 % each (one-sided 2.5 %): more than 5 would come by chance less than once in 200.
    expect(accused).toBeLessThanOrEqual(5);
  });
});

describe('the gate against the baseline', () => {
  it('holds for a model that knows something', () => {
    const { passed, results } = decideGates({ report: validateCandidate(binaryRequest({})) });
    expect(passed).toBe(true);
    expect(results[0]!.says).toMatch(/^Better than the baseline: roc-auc 0\.8/);
  });

  it('is closed for most models that know nothing, whatever their luck', () => {
    const random = seededRandom(21);
    let passed = 0;
    for (let trial = 0; trial < 60; trial++) {
      const { target } = binaryRows(200, 200 + trial);
      const values = Float64Array.from(target, () => random());
      const request = binaryRequest({ target, candidate: predictionsOf(values) });
      if (decideGates({ report: validateCandidate(request) }, [DEFAULT_GATES[0]!]).passed) passed++;
    }
    // 2.5 % each: more than 6 of 60 would come by chance once in a thousand times.
    expect(passed).toBeLessThanOrEqual(6);
  });

  it('holds for a model of rare classes that changes no answer but states better odds', () => {
    const random = seededRandom(31);
    const rows = 2000;
    const risk = Float64Array.from({ length: rows }, () => random() * 0.3);
    const target = risk.map((p) => (random() < p ? 1 + Math.floor(random() * 2) : 0));
    const values = Float64Array.from({ length: rows * 3 }, (_, i) => {
      const p = risk[Math.floor(i / 3)]!;
      return i % 3 === 0 ? 1 - p : p / 2;
    });
    const request: ValidationRequest = {
      task: 'multiclass',
      classes: ['none', 'a', 'b'],
      threshold: 0.5,
      prior: { classShares: [0.85, 0.075, 0.075] },
      datasets: [{ name: 'holdout', target, candidate: predictionsOf(values, 3) }],
      seed: 1,
    };
    const [result] = decideGates({ report: validateCandidate(request) }).results;
    expect(result).toMatchObject({ passed: true, observed: 0 });
    expect(result!.says).toContain('in log loss');
  });
});

describe('the gate against the champion', () => {
  const champion = { name: 'churn', version: 3, threshold: 0.5 };
  const { target, odds } = binaryRows(2000, 9);
  const random = seededRandom(10);
  const noise = odds.map(() => (random() - 0.5) * 2);
  const blurred = (amount: number) => predictionsOf(odds.map((x, row) => logistic(x + amount * noise[row]!)));
  const verdict = (candidate: number, former: number) =>
    decideGates({
      report: validateCandidate({
        ...binaryRequest({ target, candidate: blurred(candidate), champion: blurred(former) }),
        champion,
      }),
    }).results.find((result) => result.id === 'champion')!;

  it('passes the equal and the better', () => {
    expect(verdict(0.1, 0.1)).toMatchObject({ passed: true, observed: 0 });
    const better = verdict(0, 3);
    expect(better.passed).toBe(true);
    expect(better.observed).toBeGreaterThan(0.01);
    expect(better.says).toMatch(
      /^Not worse than the champion: roc-auc .+ of version 3 on the same 2000 rows/,
    );
  });

  it('refuses the practically worse and says why in one sentence', () => {
    const worse = verdict(3, 0);
    expect(worse).toMatchObject({ passed: false, threshold: -0.005 });
    expect(worse.says).toMatch(/^Worse than the champion by more than the 0\.005 allowed: .+\.$/);
  });

  it('refuses the surely worse even within the tolerance', () => {
    const report = validateCandidate({
      ...binaryRequest({ target, candidate: blurred(0.8), champion: blurred(0.5) }),
      champion,
    });
    const { difference } = report.datasets[0]!.champion!;
    expect(difference.value).toBeGreaterThan(-0.01);
    const gate: Gate = {
      id: 'champion',
      kind: 'not-worse-than-champion',
      tolerance: 0.01,
      significantTolerance: 0.001,
      says: '',
    };
    expect(decideGates({ report }, [gate]).results[0]).toMatchObject({
      passed: false,
      says: expect.stringContaining('Surely worse than the champion, if by little'),
    });
    expect(decideGates({ report }, [{ ...gate, significantTolerance: 0.01 }]).passed).toBe(true);
  });

  it('passes where there is no champion yet', () => {
    const { results } = decideGates({ report: validateCandidate(binaryRequest({})) });
    expect(results[1]).toMatchObject({
      passed: true,
      observed: null,
      says: 'There is no champion to compare with yet.',
    });
  });
});

describe('the other gates', () => {
  const report = validateCandidate(binaryRequest({}));
  const decide = (gate: Gate, parity?: { rows: number; mismatches: number; largestDifference: number }) =>
    decideGates({ report, ...(parity && { parity }) }, [gate]).results[0]!;

  it('hold calibration to the base rate: what 15 % of all rows may be off is not allowed at 2 % positives', () => {
    const random = seededRandom(5);
    const truth = Float64Array.from({ length: 5000 }, () => 0.04 * random());
    const target = truth.map((probability) => (random() < probability ? 1 : 0));
    const verdictOf = (values: Float64Array) => {
      const request = binaryRequest({ target, candidate: predictionsOf(values) });
      const report = validateCandidate({ ...request, prior: { classShares: [0.98, 0.02] } });
      return decideGates({ report }).results.find(({ id }) => id === 'calibration')!;
    };
    const exact = verdictOf(truth);
    const threefold = verdictOf(truth.map((probability) => 3 * probability));
    expect(exact).toMatchObject({ passed: true });
    expect(exact.says).toMatch(/rarer class's share of .* % *.*Mean stated .*, observed/);
    expect(threefold.passed).toBe(false);
    expect(threefold.observed).toBeLessThan(0.15);
  });

  it('never close for a calibration error that exact probabilities show by chance', () => {
    let closed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const truth = Float64Array.from({ length: 600 }, () => 0.02 * random());
      const target = truth.map((probability) => (random() < probability ? 1 : 0));
      const report = validateCandidate(binaryRequest({ target, candidate: predictionsOf(truth) }));
      if (!decideGates({ report }).results.find(({ id }) => id === 'calibration')!.passed) closed++;
    }
    expect(closed).toBeLessThanOrEqual(2);
  });

  it('close on probabilities that do not mean what they say, on enough rows', () => {
    const gate: Gate = { id: 'a', says: '', kind: 'max-calibration-error', value: 0.1, minRows: 500 };
    const overconfident = (rows: number) => {
      const { target, odds } = binaryRows(rows, 5);
      return validateCandidate(
        binaryRequest({ target, candidate: predictionsOf(odds.map((x) => logistic(8 * x))) }),
      );
    };
    expect(decideGates({ report }, [gate]).passed).toBe(true);
    expect(decideGates({ report: overconfident(600) }, [gate]).passed).toBe(false);
    expect(decideGates({ report: overconfident(100) }, [gate]).results[0]!.says).toContain(
      'is not evaluated',
    );
  });

  it('parity not measured is not passed', () => {
    expect(decide(PARITY_GATE).passed).toBe(false);
    expect(decide(PARITY_GATE, { rows: 10, mismatches: 0, largestDifference: 1e-9 }).passed).toBe(true);
    expect(decide(PARITY_GATE, { rows: 10, mismatches: 1, largestDifference: 1e-9 }).passed).toBe(false);
  });
});

describe('numbers', () => {
  const random = seededRandom(41);
  const target = Float64Array.from({ length: 400 }, () => random() * 100);
  const request = (error: number): ValidationRequest => ({
    task: 'regression',
    classes: [],
    threshold: 0.5,
    prior: { mean: 50 },
    datasets: [
      { name: 'holdout', target, candidate: predictionsOf(target.map((y) => y + error * (random() - 0.5))) },
    ],
    seed: 1,
  });

  it('are judged by R² against the mean, with a summary of the residuals', () => {
    const report = validateCandidate(request(20));
    const [holdout] = report.datasets;
    expect(holdout!.primary.metric).toBe('r2');
    expect(holdout!.primary.value).toBeGreaterThan(0.9);
    expect(holdout!.residuals!.byPrediction).toHaveLength(10);
    expect(holdout!.residuals!.standardDeviation).toBeCloseTo(holdout!.metrics.rmse!, 0);
    expect(decideGates({ report }).passed).toBe(true);
  });

  it('that are noise do not beat the mean', () => {
    expect(decideGates({ report: validateCandidate(request(500)) }).passed).toBe(false);
  });
});
