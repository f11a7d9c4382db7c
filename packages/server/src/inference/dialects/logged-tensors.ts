import { exactJson } from '../../kernel/index.ts';
import {
  decodeValues,
  nestValues,
  predictionsOfTensors,
  type RowDecision,
  rowsOfOutputs,
  sliceRows,
  type Tensor,
  type TensorManifest,
} from '../../stages/pack/index.ts';
import { bytesOfTensors } from '../answers/output-bytes.ts';
import { decisionText, isLargeAnswer } from '../answers/row-pieces.ts';
import type { LoggedTensors, PredictedTensors } from '../predicted.ts';

/** Rows of more bytes, such as images, are answered and not remembered. */
const LONGEST_LOGGED_ROW = 16 * 1024;

/** Rows that go into the log at once. */
const LOGGED_ROWS = 256;

type Told = Pick<PredictedTensors, 'outputs'> & { route: { manifest: TensorManifest } };

/** What the log remembers of rows that came in a body of so many bytes; undefined where they are too large. */
export function loggedRows(
  rows: readonly unknown[],
  bodyBytes: number,
  told: Told,
): Iterable<LoggedTensors> | undefined {
  if (bodyBytes > LONGEST_LOGGED_ROW * rows.length) return undefined;
  return logged(rows.length, (from, to) => rows.slice(from, to).map(exactJson), told);
}

/**
 * The same of tensors that stand for rows, which are written as rows of tensor: value. Only those whose caller named the predictions are
 * remembered, since nobody else could label them: the bytes of others pass through without being looked at.
 */
export function loggedInputs(
  inputs: readonly Tensor[],
  { isNamed, rows, route, outputs }: PredictedTensors,
): Iterable<LoggedTensors> | undefined {
  const ofRows = [...inputs, ...outputs].every(({ shape }) => shape[0] === rows);
  if (!isNamed || !ofRows || rows === 0 || bytesOfTensors(inputs) > LONGEST_LOGGED_ROW * rows)
    return undefined;
  return logged(rows, (from, to) => rowTexts(sliceRows(inputs, from, to), to - from), { route, outputs });
}

function rowTexts(inputs: readonly Tensor[], rows: number): string[] {
  const columns = inputs.map((tensor) => {
    const nested = nestValues(decodeValues(tensor), tensor.shape) as readonly unknown[];
    return [tensor.name, nested] as const;
  });
  return Array.from({ length: rows }, (_, row) =>
    exactJson(Object.fromEntries(columns.map(([name, values]) => [name, values[row]]))),
  );
}

function* logged(
  rows: number,
  textsOf: (from: number, to: number) => string[],
  { outputs, route: { manifest } }: Told,
): Generator<LoggedTensors> {
  if (!isLargeAnswer(outputs)) {
    yield partOf(textsOf(0, rows), predictionsOfTensors(outputs, rows, manifest));
    return;
  }
  let decisions: RowDecision[] = [];
  let from = 0;
  for (const { decision } of rowsOfOutputs(outputs, rows, manifest)) {
    decisions.push(decision);
    const to = from + decisions.length;
    if (decisions.length < LOGGED_ROWS && to < rows) continue;
    yield partOf(textsOf(from, to), decisions);
    decisions = [];
    from = to;
  }
}

function partOf(rowTexts: string[], predictions: readonly RowDecision[]): LoggedTensors {
  return {
    rowTexts,
    answerTexts: predictions.map(decisionText),
    scores: predictions.map(({ score }) => score),
  };
}
