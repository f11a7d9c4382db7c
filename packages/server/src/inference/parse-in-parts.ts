import { fail } from '@slipway/contract';
import { parseExactJson, parseJsonInParts } from '../kernel/index.ts';
import { type ParsedBody, parsePythonJson } from './read-json.ts';
import type { RequestHeaders } from './request-headers.ts';

/** Bodies from this size on keep the thread too long when they are parsed at once. */
const LARGE_BYTES = 256 * 1024;
/** As deep as lists and objects of a request may stand in each other. */
const DEEPEST = 512;

/** Whether a body is JSON that is to be parsed in parts. */
export function isLargeJson(body: Buffer, headers: RequestHeaders): boolean {
  if (body.length < LARGE_BYTES) return false;
  const { contentType, inferenceHeaderLength } = headers;
  const isCsv = contentType?.toLowerCase().startsWith('text/csv') === true;
  return !isCsv && (inferenceHeaderLength === undefined || Number(inferenceHeaderLength) >= LARGE_BYTES);
}

/**
 * The JSON value of a large body, as {@link parseExactJson} gives it, with the bare NaN and Infinity that Python writes, in parts
 * between which others have turns. Throws `request.bad-json`, with the byte from which its position counts.
 *
 * @param again resolves when it is the next part's turn
 */
export async function parseInParts(
  body: Buffer,
  { inferenceHeaderLength }: Pick<RequestHeaders, 'inferenceHeaderLength'>,
  again: () => Promise<void>,
): Promise<ParsedBody> {
  const length = inferenceHeaderLength === undefined ? body.length : Number(inferenceHeaderLength);
  // What is wrong with the length is the reader's to tell.
  const json =
    Number.isSafeInteger(length) && length >= 0 && length <= body.length ? body.subarray(0, length) : body;
  let hasNaN = false;
  const parse = (text: string): unknown => {
    try {
      return parseExactJson(text);
    } catch {
      const value = parsedWithNaN(text);
      hasNaN = true;
      return value;
    }
  };
  const value = await parseJsonInParts(json, { parse, deepest: DEEPEST, again }).catch((error: unknown) => {
    throw error instanceof SyntaxError ? fail('request.bad-json', { reason: error.message }) : error;
  });
  return { body: json, value, hasNaN };
}

/** What is wrong with the text is said of it as JSON has it. */
function parsedWithNaN(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch {
    return JSON.parse(text);
  }
}
