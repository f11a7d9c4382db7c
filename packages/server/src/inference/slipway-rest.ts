import { fail } from '@slipway/contract';
import type { InferenceContext } from './context.ts';
import { answer, answerJson, type Exchange, JSON_TYPE } from './exchange.ts';
import { chooseRoute, type Predicted, predictRows } from './predict.ts';
import { parseJson, readText } from './read-json.ts';

/** `POST /endpoints/{name}/predict`: `{ "rows": [ … ] }` to `{ "model", "predictions" }`. */
export function answerPredict(
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
): Promise<void> | undefined {
  chooseRoute(exchange);
  const text = readText(body);
  const rows = rowsOf(parseJson(text), context.settings.maxRows);
  return predictRows(
    context,
    exchange,
    rows,
    (predicted) => answer(exchange, 200, JSON_TYPE, answerText(predicted)),
    rows.length === 1 ? onlyRowText(text) : undefined,
  );
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

/** `GET /endpoints/{name}`: what to send, and a body that works. */
export function answerEndpoint(_context: InferenceContext, exchange: Exchange): void {
  const { modelName, modelVersion, manifest } = chooseRoute(exchange);
  answerJson(exchange, 200, {
    name: exchange.endpoint!.name,
    model: { name: modelName, version: modelVersion },
    task: manifest.task,
    target: manifest.target,
    classes: manifest.classes,
    inputs: manifest.inputs,
    example: { rows: manifest.golden.rows.slice(0, 1) },
  });
}

/** Throws `request.invalid`, `predict.no-rows` or `predict.too-many-rows`. */
function rowsOf(body: unknown, limit: number): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw fail('request.invalid', { reason: 'the body is not an object with "rows"' });
  }
  for (const key in body) {
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
function answerText({ route, ids, answerTexts }: Predicted): string {
  let text = route.answerHead;
  for (let i = 0; i < ids.length; i++) {
    text += `${i === 0 ? '' : ','}{"id":"${ids[i]!}",${answerTexts[i]!}}`;
  }
  return `${text}]}`;
}
