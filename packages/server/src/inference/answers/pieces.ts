import {
  listSizes,
  mostTextBytes,
  nestValues,
  sizeOf,
  type Tensor,
  valueRuns,
  valueText,
} from '../../stages/pack/index.ts';

/** The values of a tensor, to be written as JSON when it is their turn: with their lists, or as one flat list. */
export class TensorText {
  readonly tensor: Tensor;
  readonly isFlat: boolean;
  /** Whether NaN and infinite numbers are written as these tokens, which JSON has not, in place of null. */
  readonly keepsNonFinite: boolean;

  constructor(
    tensor: Tensor,
    { isFlat, keepsNonFinite = false }: { isFlat: boolean; keepsNonFinite?: boolean },
  ) {
    this.tensor = tensor;
    this.isFlat = isFlat;
    this.keepsNonFinite = keepsNonFinite;
  }

  /** Bytes that it takes at most. */
  get mostBytes(): number {
    return 2 + mostTextBytes(this.tensor);
  }

  /** What is written where there are too few values to let others do it; undefined where there are more. */
  get short(): string | undefined {
    const { shape, bytes } = this.tensor;
    if (sizeOf(shape) === 0) return this.isFlat ? '[]' : JSON.stringify(nestValues([], shape));
    if (bytes.byteLength > SHORT_BYTES) return undefined;
    return [...this.runs(SHORT_BYTES)]
      .map((run) => (typeof run === 'string' ? run : valueText(run)))
      .join('');
  }

  /** Runs of values, and the brackets of a flat list. */
  *runs(bytesEach: number) {
    const { tensor, isFlat, keepsNonFinite } = this;
    if (isFlat) yield '[';
    yield* valueRuns(tensor, { lists: isFlat ? [] : listSizes(tensor.shape), keepsNonFinite }, bytesEach);
    if (isFlat) yield ']';
  }
}

/** So little is written sooner than it is given to somebody else. */
const SHORT_BYTES = 2048;

/** Text, bytes, or values to be written. */
export type Piece = string | Uint8Array | TensorText;

/**
 * The body of an answer that is too large to be written at once. Its pieces are made when it is their turn; they can be made again,
 * and are the same then.
 */
export class Pieces {
  /** Bytes that they take at most; Infinity where that is not known. */
  readonly mostBytes: number;
  /** Bytes that they take, where that is known. */
  readonly bytes: number | undefined;
  readonly make: () => Iterable<Piece>;

  constructor(mostBytes: number, make: () => Iterable<Piece>, bytes?: number) {
    this.mostBytes = mostBytes;
    this.make = make;
    this.bytes = bytes;
  }
}

export type Body = string | Buffer | Pieces;

/** From so many bytes of tensors on, an answer is written in pieces. */
export const LARGE_BYTES = 32 * 1024;
/** From so many rows or values on, a list is. */
export const LONG_LIST = 1024;
