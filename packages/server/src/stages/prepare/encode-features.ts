import { type Column, columnNamed, type Table } from '../ingest/index.ts';
import { isMade } from './columns-of.ts';
import { DATE_PART_FUNCTIONS } from './date-part.ts';
import { compileMade } from './made/compile-made.ts';
import type { ColumnFeature, FeatureMatrix, FeatureSpec, MadeFeature, Preparation } from './model.ts';
import { compileRescaling } from './rescaling.ts';
import { encodeTexts, isText } from './text/index.ts';

/**
 * The features of the rows of a table (of `rows`, in that order, when given), as {@link FeatureSpec} defines them. The
 * arrays lie in shared memory, so threads take them without a copy. A column that the table lacks is missing everywhere.
 */
export function encodeFeatures(
  preparation: Pick<Preparation, 'features'>,
  table: Table,
  rows?: Int32Array,
): FeatureMatrix {
  const length = rows?.length ?? table.rows;
  const rowAt = rows === undefined ? (i: number) => i : (i: number) => rows[i]!;
  const columns = preparation.features.map((spec) => {
    const into = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
    if (isText(spec)) return into;
    const encode = isMade(spec) ? madeEncoder(spec, table) : columnEncoder(spec, table);
    for (let i = 0; i < length; i++) into[i] = encode(rowAt(i));
    return into;
  });
  encodeTexts(preparation.features, table, rows, columns);
  const levels = new Int32Array(new SharedArrayBuffer(columns.length * Int32Array.BYTES_PER_ELEMENT));
  levels.set(preparation.features.map(levelCount));
  return { rows: length, columns, levels };
}

/** Number of codes of a feature with the catch-all one; 0 when it is numeric. */
export function levelCount(spec: FeatureSpec): number {
  if (spec.kind === 'cross') return spec.keys.length + 1;
  return spec.kind === 'category' ? spec.levels.length + 1 : 0;
}

function madeEncoder(spec: MadeFeature, table: Table): (row: number) => number {
  const { of, combine } = compileMade(spec);
  const [first, second] = of.map((feature) => columnEncoder(feature, table));
  return second === undefined ? (row) => combine(first!(row), 0) : (row) => combine(first!(row), second(row));
}

function columnEncoder(spec: ColumnFeature, table: Table): (row: number) => number {
  const column = columnNamed(table, spec.column);
  return column === undefined ? () => Number.NaN : encoderOf(spec, column);
}

function encoderOf(spec: ColumnFeature, column: Column): (row: number) => number {
  if (column.type === 'string') {
    if (spec.kind !== 'category') return () => Number.NaN;
    const codes = codesOfDictionary(spec.levels, column.dictionary);
    return (row) => {
      const word = column.codes[row]!;
      return word < 0 ? Number.NaN : codes[word]!;
    };
  }
  const { values } = column;
  const rescale = compileRescaling(spec);
  if (spec.kind !== 'date-part')
    return rescale === undefined ? (row) => values[row]! : (row) => rescale(values[row]!);
  const part = DATE_PART_FUNCTIONS[spec.part];
  return rescale === undefined ? (row) => part(values[row]!) : (row) => rescale(part(values[row]!));
}

/** The code of each word of a dictionary; words that are no level share the one behind the last. */
function codesOfDictionary(levels: readonly string[], dictionary: readonly string[]): Float32Array {
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return Float32Array.from(dictionary, (word) => codeOf.get(word) ?? levels.length);
}
