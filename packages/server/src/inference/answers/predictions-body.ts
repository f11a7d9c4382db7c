import type { Predicted } from '../predicted.ts';
import { type Body, LONG_LIST, type Piece, Pieces } from './pieces.ts';

/** Rows that are put together at once. */
const ROWS_EACH = 512;

/**
 * The predictions after `head`, up to the end of their list and object, put together from parts that are JSON already: each its id,
 * its answer, and why, where that is told. In pieces where there are many.
 *
 * @param whys explanations as JSON, made when it is their turn
 */
export function predictionsBody(
  head: string,
  predicted: Pick<Predicted, 'ids' | 'answerTexts'>,
  whys?: () => Iterable<string>,
): Body {
  const { ids } = predicted;
  if (whys !== undefined) return new Pieces(Number.POSITIVE_INFINITY, () => explained(head, predicted, whys));
  if (ids.length < LONG_LIST) return `${head}${rowsText(predicted, 0, ids.length)}]}`;
  return new Pieces(Number.POSITIVE_INFINITY, () => manyRows(head, predicted));
}

function rowsText({ ids, answerTexts }: Pick<Predicted, 'ids' | 'answerTexts'>, from: number, to: number) {
  let text = '';
  for (let i = from; i < to; i++) text += `${i === 0 ? '' : ','}{"id":"${ids[i]!}",${answerTexts[i]!}}`;
  return text;
}

function* manyRows(head: string, predicted: Pick<Predicted, 'ids' | 'answerTexts'>): Generator<Piece> {
  const { length } = predicted.ids;
  yield head;
  for (let from = 0; from < length; from += ROWS_EACH)
    yield rowsText(predicted, from, Math.min(length, from + ROWS_EACH));
  yield ']}';
}

function* explained(
  head: string,
  { ids, answerTexts }: Pick<Predicted, 'ids' | 'answerTexts'>,
  whys: () => Iterable<string>,
): Generator<Piece> {
  yield head;
  let i = 0;
  for (const why of whys()) {
    yield `${i === 0 ? '' : ','}{"id":"${ids[i]!}",${answerTexts[i]!},"explanation":${why}}`;
    i++;
  }
  yield ']}';
}
