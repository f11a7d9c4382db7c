import { fail } from '@slipway/contract';
import { type AnyManifest, takesTensors } from '../../stages/pack/index.ts';

/** The types of tensors whose whole numbers a number of JavaScript does not hold. */
export type LongType = 'int64' | 'uint64';

/** The columns of a file that a model takes as 64-bit whole numbers: they are read as text, whose digits are all kept. */
export function longColumns(manifest: AnyManifest): Map<string, LongType> {
  if (!takesTensors(manifest)) return new Map();
  return new Map(manifest.inputs.flatMap(({ name, type }) => (isLong(type) ? [[name, type] as const] : [])));
}

export function isLong(type: string): type is LongType {
  return type === 'int64' || type === 'uint64';
}

/**
 * The whole number that a cell is: `12`, `+12`, `12.0` and `1e3`. Throws `predict.wrong-type` with the path of the cell.
 */
export function longInteger(text: string, { type, path }: { type: LongType; path: string }): bigint {
  const bare = text.trim();
  const [, digits] = /^([+-]?\d{1,40})(?:\.0*)?$/.exec(bare) ?? [];
  if (digits !== undefined) return BigInt(digits);
  if (bare !== '' && Number.isSafeInteger(Number(bare))) return BigInt(Number(bare));
  const column = path.slice(path.indexOf('.') + 1);
  throw fail(
    'predict.wrong-type',
    { column, expected: type, found: bare.slice(0, 100) || 'no value' },
    { path },
  );
}
