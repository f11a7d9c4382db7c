import { exactJson } from '../../kernel/index.ts';
import {
  type RowDecision,
  rowsOfOutputs,
  type Tensor,
  type TensorManifest,
} from '../../stages/pack/index.ts';
import { bytesOfTensors } from './output-bytes.ts';
import { LARGE_BYTES, type Piece, Pieces, TensorText } from './pieces.ts';

/** The rows of an answer between what stands before and after them. */
export type RowsAround = { head: string; tail: string };

/** Whether the rows of an answer are to be written in pieces. */
export function isLargeAnswer(outputs: readonly Tensor[]): boolean {
  return bytesOfTensors(outputs) >= LARGE_BYTES;
}

/** Characters of a row besides its values: its id, value, and shares of its classes. */
function rowCharacters({ classes, outputs }: TensorManifest): number {
  const names = [...classes, ...outputs.map(({ name }) => name)];
  return 200 + names.reduce((sum, name) => sum + 6 * name.length + 40, 0) + 6 * longest(classes);
}

function longest(names: readonly string[]): number {
  return names.reduce((most, { length }) => Math.max(most, length), 0);
}

/** `{ "id", "value", "probabilities"?, "outputs" }` for each row, as JSON, of tensors that are too large to be written at once. */
export function rowPieces(
  { head, tail }: RowsAround,
  ids: readonly string[],
  outputs: readonly Tensor[],
  manifest: TensorManifest,
): Pieces {
  const perRow = rowCharacters(manifest);
  const values = outputs.reduce(
    (sum, output) => sum + new TensorText(output, { isFlat: false }).mostBytes,
    0,
  );
  const texts = outputs.reduce((sum, { type, bytes }) => sum + (type === 'string' ? bytes.byteLength : 0), 0);
  const mostBytes = head.length + tail.length + ids.length * perRow + values + 6 * texts;
  return new Pieces(mostBytes, () => piecesOf({ head, tail }, ids, outputs, manifest));
}

function* piecesOf(
  { head, tail }: RowsAround,
  ids: readonly string[],
  outputs: readonly Tensor[],
  manifest: TensorManifest,
): Generator<Piece> {
  yield head;
  let at = 0;
  for (const row of rowsOfOutputs(outputs, ids.length, manifest)) {
    yield `${at === 0 ? '' : ','}{"id":"${ids[at]!}",${decisionText(row.decision)},"outputs":{`;
    for (const [i, output] of row.outputs.entries()) {
      yield `${i === 0 ? '' : ','}${JSON.stringify(output.name)}:`;
      yield new TensorText(output, { isFlat: false });
    }
    yield '}}';
    at++;
  }
  yield tail;
}

/** `"value": …` and the shares where there are any, without braces; what the log remembers of an answer. */
export function decisionText({ value, probabilities }: Omit<RowDecision, 'score'>): string {
  return exactJson({ value, probabilities }).slice(1, -1);
}
