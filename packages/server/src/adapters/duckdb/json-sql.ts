import { DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { ConvertedJson, RawKind } from '../../stages/ingest/index.ts';
import { identifier, literal } from './sql-text.ts';

type JsonFormat = 'json' | 'ndjson';
type Typed = { name: string; type: DuckDBType };

const MAXIMUM_OBJECT_BYTES = 33_554_432;

/** The file with types that all its values were looked at for. */
export function inferredJson(path: string, format: JsonFormat): string {
  const options = ['sample_size = -1', 'field_appearance_threshold = 0', 'map_inference_threshold = -1'];
  return `read_json(${[...source(path, format), ...options].join(', ')})`;
}

function source(path: string, format: JsonFormat): string[] {
  return [
    literal(path),
    `format = '${format === 'json' ? 'array' : 'newline_delimited'}'`,
    `maximum_object_size = ${MAXIMUM_OBJECT_BYTES}`,
  ];
}

/** How a leaf is read: text and most numbers as they are written, so that neither dates nor digits are changed. */
type Leaf = { sql: string; kind: RawKind; isMixed?: true };

const TEXT: Leaf = { sql: 'VARCHAR', kind: 'text' };
/** Values of several types. */
const MIXED: Leaf = { ...TEXT, isMixed: true };
const NESTED: Leaf = { sql: 'JSON', kind: 'nested' };
const WRITTEN_NUMBER: Leaf = { sql: 'VARCHAR', kind: 'number-text' };

const LEAVES: Partial<Record<DuckDBTypeId, Leaf>> = {
  [DuckDBTypeId.BOOLEAN]: { sql: 'BOOLEAN', kind: 'boolean' },
  [DuckDBTypeId.BIGINT]: { sql: 'BIGINT', kind: 'integer' },
  [DuckDBTypeId.UBIGINT]: WRITTEN_NUMBER,
  [DuckDBTypeId.HUGEINT]: WRITTEN_NUMBER,
  [DuckDBTypeId.UHUGEINT]: WRITTEN_NUMBER,
  [DuckDBTypeId.DOUBLE]: WRITTEN_NUMBER,
  [DuckDBTypeId.LIST]: NESTED,
  [DuckDBTypeId.MAP]: NESTED,
  [DuckDBTypeId.STRUCT]: NESTED,
};

/**
 * A query of the leaves of all objects, named c0, c1, … . With `keys`, all keys there are, every leaf is taken out of the
 * object's text: slower, and right where keys differ only in case.
 */
export function jsonQuery(
  path: string,
  format: JsonFormat,
  keys: readonly string[] | null,
  types: readonly Typed[],
): { query: string; columns: ConvertedJson['columns'] } {
  const renamed = keys === null ? types : exactNames(types, keys);
  const leaves = renamed.flatMap(({ name, type }) => leavesOf([name], type));
  const columns = leaves.map(({ path, kind, isMixed }, i) => ({
    name: path.join('.'),
    path: [`c${i}`],
    kind,
    ...(isMixed && { isMixed }),
  }));
  const raw = keys === null ? columnOf : extracted;
  const selected = leaves.map((leaf, i) => `${storedValue(leaf, raw(leaf))} AS c${i}`).join(', ');
  if (keys !== null) {
    return {
      query: `SELECT ${selected} FROM read_json_objects(${source(path, format).join(', ')})`,
      columns,
    };
  }
  const read = types.map(({ name, type }) => `${literal(name)}: ${literal(sqlType(type))}`).join(', ');
  const options = [...source(path, format), "records = 'true'", `columns = {${read}}`];
  return { query: `SELECT ${selected} FROM read_json(${options.join(', ')})`, columns };
}

type PlacedLeaf = Leaf & { path: string[] };

function leavesOf(path: string[], type: DuckDBType): PlacedLeaf[] {
  if (type instanceof DuckDBStructType && type.entryNames.length > 0) {
    return type.entryNames.flatMap((name, i) => leavesOf([...path, name], type.entryTypes[i]!));
  }
  return [{ ...leafOf(type), path }];
}

function leafOf(type: DuckDBType): Leaf {
  return type.alias === 'JSON' ? MIXED : (LEAVES[type.typeId] ?? TEXT);
}

function sqlType(type: DuckDBType): string {
  if (!(type instanceof DuckDBStructType) || type.entryNames.length === 0) return leafOf(type).sql;
  const entries = type.entryNames.map((name, i) => `${identifier(name)} ${sqlType(type.entryTypes[i]!)}`);
  return `STRUCT(${entries.join(', ')})`;
}

function columnOf({ path }: PlacedLeaf): string {
  return path.map(identifier).join('.');
}

function extracted({ path, sql }: PlacedLeaf): string {
  const where = literal(`$${path.map((key) => `.${JSON.stringify(key)}`).join('')}`);
  return sql === 'JSON' ? `json_extract(json, ${where})` : `(json ->> ${where})::${sql}`;
}

const NOT_FINITE = ['nan', 'infinity', '-infinity', 'inf', '-inf'];

function storedValue({ kind }: Leaf, raw: string): string {
  if (kind !== 'number-text') return raw;
  // Comparisons: lists behind IN become joins that lose the order of rows.
  const isPlain = NOT_FINITE.map((word) => `lower(${raw}) <> ${literal(word)}`).join(' AND ');
  return `CASE WHEN ${isPlain} THEN ${raw} END`;
}

/** Whether a name looks like one that the engine made of a key that differs from another only in case. */
export function mayDifferInCase(names: readonly string[]): boolean {
  const folded = new Set(names.map((name) => name.toLowerCase()));
  return names.some((name) => /_\d+$/.test(name) && folded.has(name.replace(/_\d+$/, '').toLowerCase()));
}

export function distinctKeys(path: string, format: JsonFormat): string {
  return `SELECT DISTINCT unnest(json_keys(json)) FROM read_json_objects(${source(path, format).join(', ')})`;
}

/** Names as the keys have them: `A_1` that is no key is a key that is `a` in another case. */
function exactNames(types: readonly Typed[], keys: readonly string[]): Typed[] {
  const left = new Set(keys);
  for (const { name } of types) left.delete(name);
  return types.map(({ name, type }) => {
    if (keys.includes(name)) return { name, type };
    const base = name.replace(/_\d+$/, '');
    const key = [...left].find((one) => one.toLowerCase() === base.toLowerCase()) ?? name;
    left.delete(key);
    return { name: key, type };
  });
}
