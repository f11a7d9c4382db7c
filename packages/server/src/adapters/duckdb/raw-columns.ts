import { DuckDBDecimalType, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { RawColumn, RawKind } from '../../stages/ingest/index.ts';

const KINDS: Partial<Record<DuckDBTypeId, RawKind>> = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'integer',
  [DuckDBTypeId.SMALLINT]: 'integer',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'integer',
  [DuckDBTypeId.UTINYINT]: 'integer',
  [DuckDBTypeId.USMALLINT]: 'integer',
  [DuckDBTypeId.UINTEGER]: 'integer',
  [DuckDBTypeId.UBIGINT]: 'integer',
  [DuckDBTypeId.HUGEINT]: 'integer',
  [DuckDBTypeId.UHUGEINT]: 'integer',
  [DuckDBTypeId.FLOAT]: 'number',
  [DuckDBTypeId.DOUBLE]: 'number',
  [DuckDBTypeId.DECIMAL]: 'number',
  [DuckDBTypeId.DATE]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_S]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_MS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_NS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp',
  [DuckDBTypeId.LIST]: 'nested',
  [DuckDBTypeId.ARRAY]: 'nested',
  [DuckDBTypeId.MAP]: 'nested',
  [DuckDBTypeId.UNION]: 'nested',
};

/** A column, or the leaves of an object, as raw columns; types we have no word for are text. */
export function rawColumns(path: string[], type: DuckDBType): RawColumn[] {
  if (type instanceof DuckDBStructType && type.entryNames.length > 0) {
    return type.entryNames.flatMap((name, i) => rawColumns([...path, name], type.entryTypes[i]!));
  }
  if (type.alias === 'JSON') return [{ path, kind: 'json' }];
  if (type instanceof DuckDBDecimalType && type.scale === 0) return [{ path, kind: 'integer' }];
  return [{ path, kind: KINDS[type.typeId] ?? 'text' }];
}
