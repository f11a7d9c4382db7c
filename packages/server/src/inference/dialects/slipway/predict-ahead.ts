import { exactJson } from '../../../kernel/index.ts';
import type { Body } from '../../answers/pieces.ts';
import type { Asked, BodyReader } from '../../asked.ts';
import { JSON_TYPE } from '../../exchange.ts';
import type { Predicted } from '../../predicted.ts';

/**
 * Reads a body that asks a forecast for its next steps, `{ "horizon", "series"?, "history"? }`; undefined for one that
 * asks for rows, or of a model that is no forecast. Each prediction then says the row that it is about.
 */
export function readAhead(
  body: unknown,
  { route, maxRows }: Pick<Parameters<BodyReader>[1], 'route' | 'maxRows'>,
  answerText: (predicted: Predicted) => Body,
): (Omit<Asked, 'rows'> & { rows: Asked['rows'] | undefined }) | undefined {
  if (route.engine.ahead === undefined) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const asked = route.engine.ahead(body as Record<string, unknown>, maxRows);
  if (asked === undefined) return undefined;
  const { rows, engine } = asked;
  const write = (predicted: Predicted) => ({
    contentType: JSON_TYPE,
    body: answerText(withRows(predicted, rows)),
  });
  const { history } = body as { history?: unknown };
  return { rows, engine, write, ...(history !== undefined && { about: exactJson(history) }) };
}

function withRows(predicted: Predicted, rows: readonly unknown[] | undefined): Predicted {
  if (rows === undefined) return predicted;
  const answerTexts = predicted.answerTexts.map((text, i) => `${text},"row":${JSON.stringify(rows[i])}`);
  return { ...predicted, answerTexts };
}
