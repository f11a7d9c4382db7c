import type { ColumnReading } from '@slipway/contract';
import type { ColumnSchema, Table, TableSchema } from '../stages/ingest/index.ts';
import { buildReferenceProfile } from '../stages/pack/index.ts';
import { fitPreparation } from '../stages/prepare/index.ts';
import type { RawRow } from '../stages/serve/index.ts';
import type { AdditiveModel } from '../stages/train/index.ts';
import { type BuiltBundle, buildBundle } from './bundle-builder.ts';
import { schemaOf, tableOf } from './tables.ts';

const ROWS = 60;
const range = <T>(make: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => make(i));

/** Days are written 31/12/2023, numbers 1.234,5, as {@link ORDER} shows. */
const READINGS: Record<string, ColumnReading> = {
  day: { as: 'timestamp', formats: ['%d/%m/%Y'], order: 'dmy', timeZone: 'UTC' },
  id: { as: 'number', decimal: ',', thousands: '.' },
  amount: { as: 'number', decimal: ',', thousands: '.' },
  amount_copy: { as: 'number', decimal: ',', thousands: '.' },
  price: { as: 'number', decimal: ',', thousands: '.' },
  constant: { as: 'number', decimal: ',', thousands: '.' },
  express: { as: 'boolean' },
};

/** A row as the training table had it: the target, an identifier, a constant, a copy and an excluded column included. */
export const ORDER = {
  id: 1007,
  constant: 1,
  day: '13/04/2023',
  country: 'DE',
  amount: 12.5,
  amount_copy: 12.5,
  express: true,
  channel: 'web',
  price: 3.25,
} satisfies RawRow;

/** The columns that the model takes. */
export const ORDER_INPUTS = ['day', 'country', 'amount', 'express'];

/** Orders of 60 days: amounts 0 to 29.5, countries DE, FR and once LI; no value is missing but some countries. */
export function ordersTable(): { table: Table; schema: TableSchema } {
  const amounts = range((i) => ((i * 17) % ROWS) / 2);
  const table = tableOf({
    id: range((i) => 1000 + i),
    constant: range(() => 1),
    day: range((i) => new Date(Date.UTC(2023, 3, 1 + i))),
    country: range((i) => (i === 0 ? 'LI' : i === 1 ? null : i % 2 === 0 ? 'DE' : 'FR')),
    amount: amounts,
    amount_copy: amounts,
    express: range((i) => i % 3 === 0),
    channel: range((i) => (i % 4 === 0 ? 'web' : 'shop')),
    price: amounts.map((amount, i) => amount * 2 + (i % 7)),
  });
  const { columns } = schemaOf(table, { id: 'identifier' });
  const schema = {
    columns: columns.map((column): ColumnSchema => {
      const reading = READINGS[column.name];
      return { ...column, nullable: column.name === 'country', ...(reading && { reading }) };
    }),
  };
  return { table, schema };
}

/** A regression trained on orders, but for its learner: it answers the amount, less 1 where the country is not known. */
export async function ordersBundle(folder: string): Promise<BuiltBundle> {
  const { table, schema } = ordersTable();
  const trainRows = Int32Array.from({ length: ROWS }, (_, i) => i);
  const fitted = { target: 'price', task: 'regression' as const, trainRows, exclude: ['channel'] };
  const preparation = fitPreparation(table, schema, fitted);
  const amount = preparation.features.findIndex((spec) => spec.kind === 'number' && spec.column === 'amount');
  const country = preparation.features.findIndex((spec) => spec.kind === 'category');
  const model: AdditiveModel = {
    link: 'identity',
    outputs: 1,
    base: [0],
    trees: [],
    linear: [
      { kind: 'number', feature: amount, center: 0, scale: 1, weights: [1], missingWeights: [100] },
      { kind: 'category', feature: country, weights: [[0], [0], [-1]], missingWeights: [-1] },
    ],
    parts: [],
  };
  const decision = { threshold: 0.5 };
  const scores = { rows: ROWS, outputs: 1, values: new Float64Array(ROWS) };
  const profile = buildReferenceProfile({ preparation, decision, table, scores, importance: {} });
  const golden = { day: '2023-04-13', country: 'DE', amount: 12.5, express: true };
  return buildBundle(folder, { preparation, model }, [golden], profile);
}
