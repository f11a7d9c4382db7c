import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { ingestFile, readTable } from '../ingest/index.ts';
import { fitPreparation, resolveTarget, splitHoldout, type Task } from './index.ts';

const FOLDER = join(import.meta.dirname, '../../../../../../shared/data');

type Expected = [file: string, target: string, task: Task, classes: number, dropped: string[]];

const COMPAS_DROPPED = [
  ...[
    'id',
    'name',
    'c_case_number',
    'r_case_number',
    'violent_recid',
    'vr_case_number',
    'type_of_assessment',
  ],
  ...['v_type_of_assessment', 'decile_score_2', 'screening_date', 'v_screening_date', 'priors_count_2'],
];

const SETS: Expected[] = [
  ['telco_churn', 'Churn', 'binary', 2, ['customerID']],
  ['titanic', 'Survived', 'binary', 2, ['PassengerId']],
  ['titanic_leaky', 'survived', 'binary', 2, ['alive']],
  ['compas_two_years', 'two_year_recid', 'binary', 2, COMPAS_DROPPED],
  ['mushrooms', 'type', 'binary', 2, ['veil_type']],
  ['breast_cancer_wdbc', 'diagnosis', 'binary', 2, ['id']],
  ['credit_default_taiwan', 'default.payment.next.month', 'binary', 2, ['ID']],
  ['german_credit', 'default', 'binary', 2, []],
  ['bank_marketing_full', 'y', 'binary', 2, []],
  ['covertype_10k', 'Cover_Type', 'multiclass', 7, ['Soil_Type15']],
  ['satellite_statlog', 'Class', 'multiclass', 6, []],
  ['abalone', 'Rings', 'regression', 0, []],
  ['concrete_strength', 'strength', 'regression', 0, []],
  ['bike_sharing_hour', 'cnt', 'regression', 0, ['instant']],
  ['california_housing', 'median_house_value', 'regression', 0, []],
  ['ames_housing', 'Sale_Price', 'regression', 0, ['rownames']],
];

/**
 * Inputs with evidence of leakage, which is none of mere strength: the registered and the casual users are all of them; the
 * charge of a later offence is there for who offended again, and what goes with it.
 */
const STRUCTURAL = new Map([
  ['bike_sharing_hour', ['casual', 'registered']],
  [
    'compas_two_years',
    [
      ...[
        'is_recid',
        'r_charge_degree',
        'r_days_from_arrest',
        'r_offense_date',
        'r_charge_desc',
        'r_jail_in',
      ],
      ...['r_jail_out', 'vr_charge_degree', 'vr_offense_date', 'vr_charge_desc'],
    ],
  ],
]);

describe.skipIf(!existsSync(FOLDER))('real tables (skipped where ../shared/data is absent)', () => {
  let lake: TemporaryLake;
  beforeAll(async () => {
    lake = await temporaryLake();
  });
  afterAll(() => lake.close());

  test.each(SETS)('%s: %s is %s', async (name, target, task, classes, dropped) => {
    const request = { file: join(FOLDER, `${name}.csv`), fileName: `${name}.csv` };
    const { manifest } = await ingestFile(request, lake.ports);
    const table = await readTable(manifest, lake.ports);
    const resolved = resolveTarget(table, manifest.schema, target, { dataset: name });
    expect(resolved).toMatchObject({ task, classes });
    const { train } = splitHoldout(table, { target, task, seed: 1 });
    const preparation = fitPreparation(table, manifest.schema, { target, task, trainRows: train });
    expect(preparation.dropped.map((column) => column.name)).toEqual(dropped);
    expect(preparation.classes).toHaveLength(classes);
    const structural = preparation.leakage.flatMap(({ column, evidence }) => (evidence ? [column] : []));
    expect(structural).toEqual(STRUCTURAL.get(name) ?? []);
  });
});
