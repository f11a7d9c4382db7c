import { fail } from '@slipway/contract';
import { exactJson } from '../../../kernel/index.ts';
import { predictionsOfTensors } from '../../../stages/pack/index.ts';
import { predicting } from '../../answer-prediction.ts';
import type { Body } from '../../answers/pieces.ts';
import { predictionsBody } from '../../answers/predictions-body.ts';
import { isLargeAnswer, rowPieces } from '../../answers/row-pieces.ts';
import type { AskedTensors, BodyReader, TensorBodyReader } from '../../asked.ts';
import { JSON_TYPE } from '../../exchange.ts';
import type { Predicted } from '../../predicted.ts';
import { parseJson, readText } from '../../read-json.ts';
import type { Answer } from '../dialect.ts';
import { explanationTexts, MAX_EXPLAINED_ROWS, MAX_TRACED_ROWS, nodeTexts } from '../explanations.ts';
import { loggedRows } from '../logged-tensors.ts';
import { readAhead } from './predict-ahead.ts';
import { tensorsOfRows } from './tensor-rows.ts';

/**
 * `POST /endpoints/{name}/predict`: `{ "rows": [ … ] }`, or of a forecast `{ "horizon": … }`, to `{ "model", "predictions" }`; with `?explain=true` each
 * prediction says why, and with `?nodes=true` those of an inference graph say what each node answered.
 */
export function answerPredict(...[context, exchange, body]: Parameters<Answer>): ReturnType<Answer> {
  const { url = '' } = exchange.request;
  if (asksFor('explain', url)) return explainRows(context, exchange, body);
  return asksFor('nodes', url) ? traceRows(context, exchange, body) : predictRows(context, exchange, body);
}

const predictRows = predicting(readRows, readTensorRows);
const explainRows = predicting(readRowsToExplain);
const traceRows = predicting(readRowsToTrace);

function asksFor(detail: 'explain' | 'nodes', url: string): boolean {
  const query = url.indexOf('?');
  return query >= 0 && new URLSearchParams(url.slice(query)).get(detail) === 'true';
}

function readRowsToTrace(body: Buffer, { maxRows }: Parameters<BodyReader>[1]): ReturnType<BodyReader> {
  const rows = rowsOf(parseJson(readText(body)), Math.min(maxRows, MAX_TRACED_ROWS));
  return {
    rows,
    traced: true,
    write: (predicted, { endpoint }) => {
      const nodes = nodeTexts(predicted, rows, endpoint);
      const answerTexts = predicted.answerTexts.map((text, i) => `${text},"nodes":${nodes[i]!}`);
      return { contentType: JSON_TYPE, body: answerText({ ...predicted, answerTexts }) };
    },
  };
}

function readRowsToExplain(body: Buffer, { maxRows }: Parameters<BodyReader>[1]): ReturnType<BodyReader> {
  const rows = rowsOf(parseJson(readText(body)), Math.min(maxRows, MAX_EXPLAINED_ROWS));
  return {
    rows,
    write: (predicted) => {
      const whys = () => explanationTexts(predicted, rows);
      return { contentType: JSON_TYPE, body: predictionsBody(predicted.route.answerHead, predicted, whys) };
    },
  };
}

function readRows(body: Buffer, asking: Parameters<BodyReader>[1]): ReturnType<BodyReader> {
  const { maxRows } = asking;
  const text = readText(body);
  const parsed = parseJson(text);
  const ahead = readAhead(parsed, asking, answerText);
  if (ahead !== undefined) return { ...ahead, rows: ahead.rows ?? rowsOf(onlyRows(parsed), maxRows) };
  const rows = rowsOf(parsed, maxRows);
  return {
    rows,
    onlyRowText: rows.length === 1 ? onlyRowText(text) : undefined,
    write: (predicted) => ({ contentType: JSON_TYPE, body: answerText(predicted) }),
  };
}

function readTensorRows(body: Buffer, { route, maxRows }: Parameters<TensorBodyReader>[1]): AskedTensors {
  const rows = rowsOf(parseJson(readText(body)), maxRows);
  return {
    inputs: tensorsOfRows(rows, route.manifest, route.modelName),
    rows: rows.length,
    write: (predicted) => {
      const { ids, outputs } = predicted;
      const { answerHead, manifest } = predicted.route;
      const logged = loggedRows(rows, body.length, predicted);
      if (isLargeAnswer(outputs)) {
        const around = { head: answerHead, tail: ']}' };
        return { contentType: JSON_TYPE, body: rowPieces(around, ids, outputs, manifest), logged };
      }
      const predictions = predictionsOfTensors(outputs, rows.length, manifest);
      const texts = predictions.map(({ score: _, ...told }, i) => exactJson({ id: ids[i], ...told }));
      return { contentType: JSON_TYPE, body: `${answerHead}${texts.join(',')}]}`, logged };
    },
  };
}

/** What the body asks beside its rows is read already. */
function onlyRows(body: unknown): unknown {
  return { rows: (body as { rows?: unknown }).rows };
}

const BODY_HEAD = '{"rows":[';
const BODY_TAIL = ']}';

/**
 * The JSON of the only row, cut out of a body that is known to hold one, when the body is written the way most
 * programs write it: without white space around. Saves writing the row again for the log.
 *
 * A second "rows", spelt plainly or with escapes, would make the cut another text than what was parsed.
 */
function onlyRowText(text: string): string | undefined {
  const isPlain =
    text.startsWith(BODY_HEAD) &&
    text.endsWith(BODY_TAIL) &&
    !text.includes('"rows"', BODY_HEAD.length) &&
    !text.includes('\\') &&
    !text.includes('\n');
  return isPlain ? text.slice(BODY_HEAD.length, -BODY_TAIL.length) : undefined;
}

/** Throws `request.invalid`, `predict.no-rows` or `predict.too-many-rows`. */
function rowsOf(body: unknown, limit: number): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw fail('request.invalid', { reason: 'the body is not an object with "rows"' });
  }
  for (const key of Object.keys(body)) {
    if (key !== 'rows')
      throw fail('request.invalid', { reason: 'only "rows" is known' }, { path: key.slice(0, 100) });
  }
  const { rows } = body as { rows?: unknown };
  if (rows === undefined) throw fail('predict.no-rows', {}, { path: 'rows' });
  if (!Array.isArray(rows))
    throw fail('request.invalid', { reason: '"rows" is not a list' }, { path: 'rows' });
  if (rows.length === 0) throw fail('predict.no-rows', {}, { path: 'rows' });
  if (rows.length > limit)
    throw fail('predict.too-many-rows', { rows: rows.length, limit }, { path: 'rows' });
  return rows;
}

/** The answer of DESIGN §8, put together from parts that are JSON already. */
function answerText(predicted: Predicted): Body {
  return predictionsBody(predicted.route.answerHead, predicted);
}
