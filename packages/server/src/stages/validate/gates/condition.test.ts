import { type GateCondition, parseGate } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { Table } from '../../ingest/index.ts';
import { groupColumns } from '../groups/index.ts';
import type { SetOrigin, ValidationRequest } from '../model.ts';
import { validateCandidate } from '../validate-candidate.ts';
import { conditionGate, decideGates } from './index.ts';

const ROWS = 900;
const COUNTRIES = ['DE', 'PT', 'IE'];

/** Rows of which the model is right but in PT, where it always answers Yes. */
function request(where: GateCondition[] = []): ValidationRequest {
  const random = seededRandom(3);
  const target = Float64Array.from({ length: ROWS }, () => (random() < 0.5 ? 1 : 0));
  const codes = Int32Array.from({ length: ROWS }, (_, row) => (row < 10 ? 2 : row % 2));
  const values = target.map((truth, row) => (codes[row] === 1 ? 0.9 : truth === 1 ? 0.8 : 0.2));
  const age = Float64Array.from({ length: ROWS }, (_, row) => (row === 0 ? Number.NaN : row % 80));
  const table: Table = {
    rows: ROWS,
    columns: [
      { name: 'country', type: 'string', codes, dictionary: COUNTRIES },
      { name: 'age', type: 'number', values: age },
    ],
  };
  const origin: SetOrigin = {
    ...{ dataset: 'march', version: 1, notes: [], leftOut: { missingTarget: 0, unknownClass: 0 } },
    overlap: { rows: 300, columns: 3 },
  };
  const rows = { target, candidate: { rows: ROWS, outputs: 1, values }, table };
  return {
    ...{
      task: 'binary',
      classes: ['No', 'Yes'],
      threshold: 0.5,
      prior: { classShares: [0.5, 0.5] },
      seed: 1,
    },
    slices: where.flatMap((gate) => (gate.where === undefined ? [] : [gate.where])),
    groups: groupColumns(table, ['country']),
    datasets: [
      { name: 'hold-out', ...rows },
      {
        name: 'march',
        ...rows,
        origin,
        overlapping: Uint8Array.from(target, (_, row) => (row < 300 ? 1 : 0)),
      },
    ],
  };
}

function decide(text: string) {
  const gate = parseGate(text);
  const report = validateCandidate(request([gate]));
  return decideGates({ report }, [conditionGate(gate, 'g')]).results[0]!;
}

describe('a gate on one metric', () => {
  it('decides on the whole hold-out unless it names another set, and shows set, rows, observed and threshold', () => {
    const gate = decide('accuracy>=0.7');
    expect(gate).toMatchObject({ passed: true, threshold: 0.7, set: 'hold-out', rows: ROWS });
    expect(gate.observed).toBeCloseTo(0.75, 1);
    expect(gate.says).toMatch(/accuracy is 0\.7\d+ on hold-out \(900 rows\); at least 0\.7 is asked for\.$/);
    expect(decide('accuracy>=0.9').passed).toBe(false);
    expect(decide('accuracy<0.9 on hold-out').passed).toBe(true);
  });

  it('on another set says when rows of it were trained on', () => {
    const gate = decide('accuracy>=0.7 on march');
    expect(gate).toMatchObject({ passed: true, set: 'march' });
    expect(gate.says).toContain('optimistic: 300 of the 900 rows of the set equal training rows');
    const [, march] = validateCandidate(request()).datasets;
    expect(march!.withoutOverlap).toMatchObject({ rows: 600 });
  });

  it('holds on a slice where it does not on the whole, and the other way round', () => {
    const elsewhere = decide('accuracy>=0.99 where country=DE');
    expect(elsewhere).toMatchObject({ passed: true, observed: 1, rows: 445, slice: 'country = DE' });
    expect(decide('accuracy>=0.7 where country=PT and age>=40')).toMatchObject({
      passed: false,
      slice: 'country = PT and age >= 40',
    });
    expect(decide('accuracy>=0 where age is missing').rows).toBe(1);
    expect(decide('accuracy>=0 where age is not missing').rows).toBe(ROWS - 1);
    expect(decide('accuracy>=0 where age < 10').rows).toBeLessThan(ROWS / 7);
  });

  it('must hold in each group that is large enough, and names the others', () => {
    const gate = decide('accuracy>=0.7 by country');
    expect(gate).toMatchObject({ passed: false, group: 'country', rows: 445 });
    expect(gate.says).toContain(
      'for PT, the worst of 2 groups of country, without those of too few rows: IE (10)',
    );
    const most = decide('accuracy<=0.9 by country');
    expect(most).toMatchObject({ passed: false, observed: 1 });
    expect(decide('selection_rate_ratio>=0.8 by country')).toMatchObject({ passed: false, group: 'country' });
    expect(decide('selection_rate_ratio>=0.4 by country').passed).toBe(true);
  });

  it.each([
    ['accuracy>=0 on april', 'was not validated on april'],
    ['rmse>=0', 'rmse is not defined on hold-out'],
    ['accuracy>=0 where country=XX', 'No row of hold-out is in the slice country = XX'],
    ['accuracy>=0 where city=Oslo', 'lacks a column of the slice'],
    ['roc_auc>=0 where age is missing', 'roc-auc is not defined on hold-out where age is missing (1 row)'],
    ['accuracy>=0 by age', 'groups of age were not compared'],
    ['rmse-ratio>=0 by country', 'Too few groups of country'],
  ])('%s is closed with its reason', (text, reason) => {
    const gate = decide(text);
    expect(gate).toMatchObject({ passed: false, observed: null });
    expect(gate.says).toContain(reason);
  });
});
