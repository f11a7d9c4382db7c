import { expect, test } from 'vitest';
import { packRequest } from '../../testing/packing.builder.ts';
import type { Column, Table } from '../ingest/index.ts';
import { decodeEngineFile, type EngineFile, encodeEngineFile } from '../pack/index.ts';
import { columnsOf } from '../prepare/index.ts';
import { loadEngine } from './load-engine.ts';

test.each(['regression', 'binary', 'multiclass'] as const)(
  'contributions of a %s answer sum, with what was expected, to its margin',
  (task) => {
    const { engine, rows, file } = packed(task);
    for (const [index, row] of rows.entries()) {
      const [prediction] = engine.predict([row]);
      const { of, scale, expected, columns } = engine.explain(row, index, prediction!);
      const margin = columns.reduce((sum, { contribution }) => sum + contribution, expected);
      expect(margin).toBeCloseTo(marginOf(file, prediction!), 5);
      expect(of).toBe(
        task === 'multiclass' ? prediction!.value : task === 'binary' ? 'yes' : file.preparation.target,
      );
      expect(scale).toBe({ regression: 'target', binary: 'log-odds', multiclass: 'log-share' }[task]);
      const sizes = columns.map(({ contribution }) => Math.abs(contribution));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  },
);

test('an explanation is by raw column, however many features were made of it', () => {
  const { engine, rows, file } = packed('regression');
  const [prediction] = engine.predict([rows[0]]);
  const { columns } = engine.explain(rows[0], 0, prediction!);
  const names = new Set(file.preparation.features.flatMap(columnsOf));
  expect(columns.map(({ column }) => column).sort()).toEqual([...names].sort());
});

test('a row is checked before it is explained, and the failure names its place', () => {
  const { engine, rows } = packed('binary');
  const [prediction] = engine.predict([rows[0]]);
  expect(() => engine.explain({ nonsense: 1 }, 3, prediction!)).toThrow(
    expect.objectContaining({ path: expect.stringContaining('rows[3]') }),
  );
});

test('a bundle from before there were explanations says so', () => {
  const { file, rows } = packed('binary');
  const { reference: _, ...older } = file;
  const engine = loadEngine(older);
  const [prediction] = engine.predict([rows[0]]);
  expect(() => engine.explain(rows[0], 0, prediction!)).toThrow(
    expect.objectContaining({ code: 'predict.no-explanation' }),
  );
});

/** An engine as it comes back from its file. */
function packed(task: 'regression' | 'binary' | 'multiclass') {
  const { preparation, model, decision, reference, holdout } = packRequest(task);
  const written: EngineFile = {
    format: 1,
    preparation,
    model,
    decision,
    reference: reference.columns.map((values) => [...values]),
  };
  const file = decodeEngineFile(encodeEngineFile(written));
  return { engine: loadEngine(file), file, rows: rowsOf(holdout.table).slice(0, 40) };
}

/** As a caller sends them. */
function rowsOf({ rows, columns }: Table): Record<string, unknown>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
  );
}

function cellOf(column: Column, row: number): unknown {
  if (column.type === 'string') return column.dictionary[column.codes[row]!] ?? null;
  const value = column.values[row]!;
  if (!Number.isFinite(value)) return null;
  if (column.type === 'boolean') return value === 1;
  return column.type === 'timestamp' ? new Date(value).toISOString() : value;
}

/** Of the answered class against the mean over all classes, which leaves out what a softmax does. */
function marginOf(
  file: EngineFile,
  { value, score, probabilities }: { value: unknown; score: number; probabilities?: Record<string, number> },
) {
  if (file.preparation.task === 'regression') return score;
  if (file.preparation.task === 'binary') return Math.log(score / (1 - score));
  const logs = Object.values(probabilities!).map(Math.log);
  return Math.log(probabilities![String(value)]!) - logs.reduce((sum, one) => sum + one, 0) / logs.length;
}
