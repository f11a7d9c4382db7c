import { fail, ownReader, ownValue, type SlipwayError } from '@slipway/contract';
import { nearestName } from '../../kernel/index.ts';
import type { InputColumn, RowColumns } from '../prepare/index.ts';
import { type Cell, compileCellReader } from './cell-readers.ts';

export type { Cell } from './cell-readers.ts';

/** Checks one row against the inputs and writes its cells, in the order of the inputs. `index` is for the path of a failure. */
export type RowReader = (row: unknown, index: number, cells: Cell[]) => void;

export type RowReaderOptions = {
  /** The list that rows stand in, for the path of a failure: `rows` unless told. */
  list?: string;
  /** Whether a missing value in an input that is not nullable is refused, as its absence is in any case. */
  needsAll?: boolean;
};

/** Lists and objects in a column that the model does not take may be so deep: they are written to the prediction log. */
const DEEPEST = 32;

/**
 * Compiles the check of rows against the columns that they may hold.
 *
 * A value that is null or a missing-value word is missing, as it is in every file, and so is an absent column that is
 * nullable; any other absent column is refused. Text is never read
 * as a number, nor a number as text; 1e309, which JSON.parse makes Infinity, is no number. Columns of the dataset that the
 * model does not take may hold anything; a column that the dataset does not have is refused.
 */
export function compileRowReader(
  { inputs, others, missingWords }: RowColumns,
  { list = 'rows', needsAll = false }: RowReaderOptions = {},
): RowReader {
  const names = inputs.map((input) => input.name);
  const readers = inputs.map((input) => compileCellReader(input, missingWords));
  const values = names.map(ownReader);
  const taken = new Set(names);
  const ignored = new Set(others.map(({ name }) => name));

  return (row, index, cells) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(`${list}[${index}]`);
    let present = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const value = values[i]!(row as Record<string, unknown>);
      if (value !== undefined) present++;
      const cell = value === undefined || value === null ? null : readers[i]!(value);
      if (cell === undefined) throw wrongType(`${list}[${index}]`, inputs[i]!, value);
      if (cell === null && !inputs[i]!.nullable && (needsAll || value === undefined)) {
        checkOthers(() => `${list}[${index}]`, row, taken, ignored);
        throw missingColumn(`${list}[${index}]`, name);
      }
      cells[i] = cell;
    }
    if (Object.keys(row).length !== present) checkOthers(() => `${list}[${index}]`, row, taken, ignored);
  };
}

function checkOthers(
  at: () => string,
  row: object,
  taken: ReadonlySet<string>,
  ignored: ReadonlySet<string>,
): void {
  for (const name of Object.keys(row)) {
    if (taken.has(name)) continue;
    if (!ignored.has(name)) throw unknownColumn(name, [...taken, ...ignored], (shown) => pathOf(at(), shown));
    const value = ownValue(row as Record<string, unknown>, name);
    if (typeof value === 'object' && isDeeperThan(DEEPEST, value))
      throw fail(
        'predict.wrong-type',
        { column: name, expected: 'value', found: `lists or objects more than ${DEEPEST} deep` },
        { path: pathOf(at(), name) },
      );
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

const EXPECTED: Record<InputColumn['type'], string> = {
  number: 'finite number',
  boolean: 'boolean',
  string: 'string',
  timestamp: 'timestamp (ISO 8601 text)',
};

function notARow(path: string): SlipwayError {
  return fail('request.invalid', { reason: 'a row is an object of column: value' }, { path });
}

function missingColumn(at: string, column: string): SlipwayError {
  return fail('predict.missing-column', { column }, { path: pathOf(at, column) });
}

function wrongType(at: string, input: InputColumn, value: unknown): SlipwayError {
  const details = { column: input.name, expected: expectedOf(input), found: kindOf(value, input.type) };
  return fail('predict.wrong-type', details, { path: pathOf(at, input.name) });
}

function expectedOf({ type, reading }: InputColumn): string {
  const forms = reading?.as === 'timestamp' ? reading.formats.filter((form) => form.includes('%')) : [];
  return forms.length === 0
    ? EXPECTED[type]
    : `timestamp (text in ISO 8601, or as the dataset has it: ${forms.join(', ')})`;
}

/**
 * A column that the dataset does not have: `predict.column-spelling` where a name of it is meant, else
 * `predict.unknown-column`. The caller named it, so it is cut to a length that fits a response, also in the path.
 */
export function unknownColumn(
  name: string,
  known: readonly string[],
  pathTo: (shown: string) => string,
): SlipwayError {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  const path = pathTo(shown);
  const nearest = nearestName(name, known);
  if (nearest === undefined) return fail('predict.unknown-column', { column: shown }, { path });
  return fail('predict.column-spelling', { found: shown, nearest }, { path });
}

function kindOf(value: unknown, expected: InputColumn['type']): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'number beyond double precision';
  if (typeof value === 'string' && expected === 'timestamp') return 'other text';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** `rows[3].age`, or `rows[3]["total charges"]` where the name is no identifier; `at` is the row's own path. */
export function pathOf(at: string, column: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(column) ? `${at}.${column}` : `${at}[${JSON.stringify(column)}]`;
}
