import type { Column, Table } from '../../stages/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import { decidedClasses, type EngineFile } from '../../stages/pack/index.ts';
import { classTypeOf, classValue, encodeFeatures, type Preparation } from '../../stages/prepare/index.ts';
import { computedFeatures, type Engine, firstOverflow, loadEngine } from '../../stages/serve/index.ts';
import { cellText } from '../jobs/cells.ts';
import { ofFileRows } from '../jobs/file-row-failures.ts';
import { rowsFrom } from '../jobs/table-slices.ts';
import {
  classAnswer,
  contributionOf,
  EXPECTED,
  numberColumn,
  PREDICTION,
  probabilityOf,
  storedAs,
} from './answer-columns.ts';
import type { AnswerColumn, BatchPredictor } from './model.ts';
import { rowsOfTable } from './table-rows.ts';

/** A second or less for usual models; wide tables get parts of as many cells. */
const PART_ROWS = 100_000;
const PART_CELLS = 5_000_000;
/** An explanation takes about a millisecond. */
const EXPLAINED_ROWS = 2000;

/** Predicts with the flat engine, column by column: the same answers, to the bit, as the endpoint gives row by row. */
export function additivePredictor(file: EngineFile, explain: boolean): BatchPredictor {
  const { preparation, model } = file;
  const { inputs, classes } = preparation;
  const flat = compileFlat(model);
  const computed = computedFeatures(model);
  const engine = explain ? loadEngine(file) : undefined;
  const explained = inputs.map(({ name }) => name);
  const partRows = Math.min(PART_ROWS, Math.ceil(PART_CELLS / Math.max(1, inputs.length)));
  return {
    inputs,
    answers: [
      predictionColumn(preparation),
      ...storedAs(classes.map(probabilityOf), 'number'),
      ...(explain ? storedAs([EXPECTED, ...explained.map(contributionOf)], 'number') : []),
    ],
    partRows: explain ? Math.min(partRows, EXPLAINED_ROWS) : partRows,
    predict: async (table, from) => {
      const features = encodeFeatures(preparation, table);
      const { values, outputs } = predictFlatRows(flat, features);
      const refused = firstOf(notFiniteRow(values, outputs), firstOverflow(computed, features.columns));
      if (refused !== undefined) refuse(refused, from, engine ?? loadEngine(file), table);
      const answers = answerColumns(file, values, table.rows);
      if (engine === undefined) return { rows: table.rows, columns: answers };
      return {
        rows: table.rows,
        columns: [...answers, ...whyColumns(engine, explained, table, answers[0]!)],
      };
    },
    close: () => undefined,
  };
}

/** The first row whose result is not finite; -1 where there is none. */
function notFiniteRow(values: Float64Array, outputs: number): number {
  const at = values.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? at : Math.floor(at / outputs);
}

/** The smallest of the rows that there are. */
function firstOf(...rows: number[]): number | undefined {
  const found = rows.filter((row) => row >= 0);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Throws `predict.not-finite` about a row of the table, as its endpoint would. */
function refuse(row: number, first: number, engine: Engine, table: Table): void {
  const one = rowsOfTable(engine.inputs, rowsFrom(table, row, 1));
  ofFileRows(() => engine.predict(one), first + row);
}

/** The column of predictions, in the type of the target. */
function predictionColumn(preparation: Preparation): AnswerColumn {
  if (preparation.classes.length === 0) return { name: PREDICTION, type: 'number' };
  return classAnswer(classTypeOf(preparation));
}

/** The number of a class by its place: truth is 0 or 1. */
function numbersOf(preparation: Preparation): (code: number) => number {
  const type = classTypeOf(preparation);
  const numbers = preparation.classes.map((name) => Number(classValue(type, name)));
  return (code) => numbers[code]!;
}

function answerColumns({ preparation, decision }: EngineFile, values: Float64Array, rows: number): Column[] {
  const { classes } = preparation;
  if (classes.length === 0) return [numberColumn(PREDICTION, values)];
  const { codes, shares } = decidedClasses(values, rows, classes.length, decision);
  const { type } = predictionColumn(preparation);
  const decided: Column =
    type === 'string'
      ? { name: PREDICTION, type, codes, dictionary: [...classes] }
      : { name: PREDICTION, type, values: Float64Array.from(codes, numbersOf(preparation)) };
  return [decided, ...classes.map((name, k) => numberColumn(probabilityOf(name), shares[k]!))];
}

/** By row: what was expected of a row of which nothing is known, and what each column added. */
function whyColumns(engine: Engine, names: readonly string[], table: Table, decided: Column): Column[] {
  const expected = new Float64Array(table.rows);
  const added = new Map(names.map((name) => [name, new Float64Array(table.rows)]));
  for (const [index, row] of rowsOfTable(engine.inputs, table).entries()) {
    const value = decided.type === 'number' ? decided.values[index]! : cellText(decided, index)!;
    const why = engine.explain(row, index, { value, score: 0 });
    expected[index] = why.expected;
    for (const { column, contribution } of why.columns)
      added.get(column)?.fill(contribution, index, index + 1);
  }
  return [
    numberColumn(EXPECTED, expected),
    ...names.map((name) => numberColumn(contributionOf(name), added.get(name)!)),
  ];
}
