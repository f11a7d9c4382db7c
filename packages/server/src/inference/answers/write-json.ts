import { exactJson } from '../../kernel/index.ts';
import { type Body, LONG_LIST, type Piece, Pieces, TensorText } from './pieces.ts';

/** Entries of a list that are written at once. */
const ENTRIES_EACH = 256;
/** How deep long lists are looked for: an answer's, its outputs', and their values. */
const DEEPEST = 4;

/** Writes a short value. */
type ShortJson = (value: unknown) => string;

/**
 * The JSON of a value, whose plain objects and lists may hold {@link TensorText}s: as one text where it is short, in pieces where a
 * list in it is long.
 *
 * @param json writes what is short: such as NaN and infinite numbers as tokens
 */
export function writeJson(value: unknown, json: ShortJson = exactJson): Body {
  if (!isLong(value, 0)) return json(value);
  return new Pieces(mostBytes(value, 0, json), () => piecesOf(value, 0, json));
}

function isLong(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  if (value instanceof TensorText) return true;
  if (Array.isArray(value) && value.length >= LONG_LIST) return true;
  // The entries of a list are alike, and those of one that is told in pieces are looked at by themselves.
  for (const each of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof each === 'object' && each !== null && isLong(each, depth + 1)) return true;
  }
  return false;
}

/** Where tensors alone are large it is known; of other long lists it is not. */
function mostBytes(value: unknown, depth: number, json: ShortJson): number {
  if (value instanceof TensorText) return value.mostBytes;
  if (!isLong(value, depth)) return 3 * (json(value) ?? '').length;
  if (Array.isArray(value) && value.length >= LONG_LIST) return Number.POSITIVE_INFINITY;
  return Object.entries(value as object).reduce(
    (sum, [key, each]) => sum + 6 * key.length + 4 + mostBytes(each, depth + 1, json),
    2,
  );
}

function* piecesOf(value: unknown, depth: number, json: ShortJson): Generator<Piece> {
  if (value instanceof TensorText) yield value;
  else if (!isLong(value, depth)) yield json(value);
  else if (Array.isArray(value)) yield* listPieces(value, depth, json);
  else yield* objectPieces(value as object, depth, json);
}

function* objectPieces(value: object, depth: number, json: ShortJson): Generator<Piece> {
  let before = '{';
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* piecesOf(each, depth + 1, json);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function* listPieces(list: readonly unknown[], depth: number, json: ShortJson): Generator<Piece> {
  const isOfLong = list.some((each) => isLong(each, depth + 1));
  yield '[';
  for (let from = 0; from < list.length; from += isOfLong ? 1 : ENTRIES_EACH) {
    if (from > 0) yield ',';
    if (isOfLong) yield* piecesOf(list[from], depth + 1, json);
    else yield json(list.slice(from, from + ENTRIES_EACH)).slice(1, -1);
  }
  yield ']';
}
