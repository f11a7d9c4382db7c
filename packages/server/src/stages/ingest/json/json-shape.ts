import { fail } from '@slipway/contract';
import type { ExpectedTable } from '../model.ts';
import type { JsonOutline, Member, Outline } from './json-outline.ts';
import { JsonScanner } from './json-scanner.ts';

/**
 * How a JSON document holds a table. `array` and `lines` are read as they are, the others are written anew as a row a line:
 * `objects` one after another, `arrays` of a header and rows, objects `within` a member, a header and rows apart (`split`,
 * as pandas' orient=split), members that are columns (`columns`; `lists` of values), and members that are `rows`.
 */
export type JsonShape =
  | { form: 'array' }
  | { form: 'lines' }
  | { form: 'objects' }
  | { form: 'arrays'; isLines: boolean }
  | { form: 'within'; path: string[]; others: string[] }
  | { form: 'split'; header: string; rows: string; index: string | null }
  | { form: 'columns' }
  | { form: 'lists' }
  | { form: 'rows' };

type Text = { file: string; text: string; complete: boolean; maxValueCharacters: number };

/**
 * The shape by the first characters; null for one object that must be looked at as a whole. Throws `file.unreadable` for an
 * array of scalars.
 */
export function shapeByStart(input: Text): JsonShape | null {
  const text = input.text.trimStart();
  const start = startOf(input);
  if (text.startsWith('{')) {
    if (start.values.length > 1) return start.isLine ? { form: 'lines' } : { form: 'objects' };
    return null;
  }
  if (/^\[\s*(?:\{|\]|$)/.test(text) && start.values.length <= 1) return { form: 'array' };
  if (/^\[\s*\[/.test(text)) return { form: 'arrays', isLines: false };
  if (start.values.length > 1 && start.values.every((one) => one.startsWith('['))) {
    return { form: 'arrays', isLines: true };
  }
  throw unreadable(input.file, `it is an array of values that are no objects. ${WAY_OUT}`);
}

const WAY_OUT = 'Give an array of objects, or one object a line';

class Enough extends Error {}

/** The first values of the text, and whether the first is alone on its line. */
function startOf({ file, text, complete, maxValueCharacters }: Text): { values: string[]; isLine: boolean } {
  const values: string[] = [];
  const lines: number[] = [];
  const scanner = new JsonScanner(
    {
      begin: () => 'take',
      key: () => {},
      end: () => {},
      value: (value, _kind, _depth, line) => {
        values.push(value.slice(0, 100));
        lines.push(line);
        if (values.length === 2) throw new Enough();
      },
    },
    { file, maxValueCharacters },
  );
  try {
    scanner.push(text);
    if (complete) scanner.end();
  } catch (error) {
    if (!(error instanceof Enough)) return { values, isLine: true };
  }
  const first = text.trimStart().split(/\r\n|\n|\r/, 1)[0]!;
  const isLine = lines.length < 2 || (lines[1]! > lines[0]! && /\}\s*$/.test(first) && isBalanced(first));
  return { values, isLine };
}

/** Whether a line holds a whole value and nothing else: NDJSON. */
function isBalanced(line: string): boolean {
  let values = 0;
  const scanner = new JsonScanner(
    { begin: () => 'take', key: () => {}, end: () => {}, value: () => void values++ },
    { file: '', maxValueCharacters: Number.POSITIVE_INFINITY },
  );
  try {
    scanner.push(line);
    scanner.end();
  } catch {
    return false;
  }
  return values === 1;
}

/**
 * The shape of a document that is one object, after all of it was scanned; of a later file, what the first file was and the
 * names of the columns tell where more than one is possible.
 */
export function shapeOfObject(outline: JsonOutline, file: string, expects?: ExpectedTable): JsonShape {
  const { members } = outline;
  if (outline.documents > 1) return { form: 'objects' };
  const expected = expects && expectedShape(members, expects);
  if (expected) return expected;
  const split = splitShape(members);
  if (split !== null) return split;
  const tables = members.filter(isTable);
  const [table] = tables;
  if (tables.length > 1) {
    const names = tables.map(({ key }) => key).join(', ');
    throw unreadable(file, `it is one object with several arrays of objects (${names}). Give one of them`);
  }
  if (table !== undefined) return within(table, members);
  if (areLists(members)) return { form: 'lists' };
  const oriented = orientation(members, file);
  if (oriented !== null) return oriented;
  const inner = outline.inner.filter(isTable);
  if (inner.length === 1 && !members.some((one) => one.value === 'array')) return within(inner[0]!, members);
  if (isRecord(members)) return { form: 'objects' };
  throw unreadable(file, `the document is one object, and not of a form that holds a table. ${WAY_OUT}`);
}

/**
 * Of two arrays of objects, that which the rows of the first file were. Members named as columns, with lists for values: one
 * row where the first file had rows and the dataset holds text there, as lists are kept. Members named as columns, with
 * values by row: columns; under other names rows, where the first file had rows so.
 */
function expectedShape(members: readonly Member[], { columns, form }: ExpectedTable): JsonShape | null {
  const shape = form !== undefined && form.format !== 'csv' ? form.shape : undefined;
  const path = form !== undefined && form.format !== 'csv' ? form.path?.join('\0') : undefined;
  const table = members.find((one) => isTable(one) && one.path.join('\0') === path);
  if (table !== undefined) return within(table, members);
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const known = members.filter(({ key }) => types.has(key));
  const areColumns = known.length > 0 && known.length * 2 >= members.length;
  if (areLists(members)) {
    const isRow = shape === 'lines' || shape === 'objects' || shape === 'array';
    return isRow && areColumns && known.every(({ key }) => types.get(key) === 'string')
      ? { form: 'objects' }
      : null;
  }
  if (!isGrid(members)) return null;
  if (areColumns) return { form: 'columns' };
  return shape === 'rows' ? { form: 'rows' } : null;
}

function within(table: Member, members: readonly Member[]): JsonShape {
  const others = members.filter(({ key }) => key !== table.path[0]).map(({ key }) => key);
  return { form: 'within', path: table.path, others };
}

function splitShape(members: readonly Member[]): JsonShape | null {
  const named = (names: readonly string[], parts: readonly string[]) =>
    members.find(
      ({ key, outline }) => names.includes(key) && outline?.kind === 'array' && holdsOnly(outline, parts),
    );
  const header = named(['columns', 'header', 'headers', 'fields'], ['text', 'number']);
  const rows = named(['data', 'rows', 'values', 'records'], ['array']);
  if (header === undefined || rows === undefined) return null;
  const index = members.find(({ key, outline }) => key === 'index' && outline?.kind === 'array');
  return { form: 'split', header: header.key, rows: rows.key, index: index?.key ?? null };
}

function holdsOnly({ parts }: Outline, kinds: readonly string[]): boolean {
  return parts.size > 0 && [...parts].every((part) => kinds.includes(part));
}

function isTable({ outline }: Member): boolean {
  return outline?.kind === 'array' && holdsOnly(outline, ['object']);
}

/** Two or more lists of values, as long as one another: columns. */
function areLists(members: readonly Member[]): boolean {
  const [first] = members;
  return (
    members.length > 1 &&
    members.every(
      ({ outline }) =>
        outline?.kind === 'array' &&
        outline.count > 0 &&
        outline.count === first!.outline?.count &&
        holdsOnly(outline, ['text', 'number', 'boolean', 'null']),
    )
  );
}

/**
 * Members that are objects with the same keys: columns with a value for each row (`to_json()` of pandas), or rows with a value
 * for each column (orient=index). Row labels that are whole numbers tell; else values of one kind are of a column.
 */
function orientation(members: readonly Member[], file: string): JsonShape | null {
  const outlines = members.map(({ outline }) => outline);
  const [first] = outlines;
  if (!first || !isGrid(members)) return null;
  if (first.hasIntegerKeys) return { form: 'columns' };
  if (members.every(({ key }) => /^-?\d{1,18}$/.test(key))) return { form: 'rows' };
  if (members.length < 2) return null;
  const isUniform = outlines.every((one) => [...one!.parts].filter((part) => part !== 'null').length <= 1);
  if (!isUniform) return { form: 'rows' };
  if (new Set(outlines.flatMap((one) => [...one!.parts])).size > 1) return { form: 'columns' };
  throw unreadable(
    file,
    `it cannot be told whether its members are columns or rows. ${WAY_OUT} (\`to_json(orient="records")\` in pandas)`,
  );
}

/** Members that are objects of values, with the same keys. */
function isGrid(members: readonly Member[]): boolean {
  const first = members[0]?.outline;
  return (
    first !== undefined &&
    members.every(
      ({ outline: one }) =>
        one?.kind === 'object' &&
        one.count > 0 &&
        one.count === first!.count &&
        one.keysHash === first!.keysHash &&
        holdsOnly(one, ['text', 'number', 'boolean', 'null']),
    )
  );
}

/** A row alone: values, and objects or lists of values. */
function isRecord(members: readonly Member[]): boolean {
  const isPlain = (one: Member) => one.outline === null || !one.outline.parts.has('array');
  return members.some(({ outline }) => outline === null) ? members.every(isPlain) : members.length === 0;
}

function unreadable(file: string, reason: string) {
  return fail('file.unreadable', { file, format: 'JSON', reason });
}
