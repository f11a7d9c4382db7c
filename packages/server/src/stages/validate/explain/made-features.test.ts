import { expect, test } from 'vitest';
import type { Table } from '../../ingest/index.ts';
import type { Preparation } from '../../prepare/index.ts';
import { shuffledColumns } from './shuffled-columns.ts';

const preparation: Preparation = {
  task: 'regression',
  target: 'gap',
  classes: [],
  inputs: ['from', 'to', 'noise'].map((name) => ({ name, type: 'number', nullable: false })),
  features: [
    {
      kind: 'arithmetic',
      name: 'to − from',
      operation: 'difference',
      of: [
        { kind: 'number', name: 'to', column: 'to' },
        { kind: 'number', name: 'from', column: 'from' },
      ],
    },
    { kind: 'number', name: 'noise', column: 'noise' },
  ],
  dropped: [],
  leakage: [],
};

test('what is made of two columns is made anew when either is shuffled', () => {
  const values = (of: (i: number) => number) => Float64Array.from({ length: 60 }, (_, i) => of(i));
  const table: Table = {
    rows: 60,
    columns: [
      { name: 'from', type: 'number', values: values((i) => (i * 7) % 13) },
      { name: 'to', type: 'number', values: values((i) => (i * 11) % 17) },
      { name: 'noise', type: 'number', values: values((i) => i % 5) },
    ],
  };
  const target = values((i) => ((i * 11) % 17) - ((i * 7) % 13));
  const columns = shuffledColumns(
    {
      task: 'regression',
      specs: preparation.features,
      table,
      target,
      predict: ({ rows, columns: [gap] }) => ({ rows, outputs: 1, values: Float64Array.from(gap!) }),
    },
    3,
    1,
  );
  const rise = Object.fromEntries(columns.map((one) => [one.column, one.rise]));
  expect(rise.from).toBeGreaterThan(1);
  expect(rise.to).toBeGreaterThan(1);
  expect(rise.noise).toBe(0);
});
