import { type FailureKind, fail, isFailure, type SlipwayError, STATUS_OF_KIND } from '@slipway/contract';
import { type Hints, hintIn, REST_HINTS } from './hints.ts';

export type FailureAnswer = { status: number; contentType: string; body: string };

/** Tells a failure in the words of a dialect. Details of internal failures are kept from the caller. */
export type FailureWriter = (failure: SlipwayError, requestId: string) => FailureAnswer;

/** The failure that anything thrown stands for; what we do not know becomes `internal`, its cause kept for the log. */
export function asFailure(thrown: unknown): SlipwayError {
  return isFailure(thrown) ? thrown : fail('internal', {}, { cause: thrown });
}

/**
 * The HTTP status of a failure in a protocol that has statuses of its own for some kinds. A well-formed row without a
 * finite result is 422 in every protocol.
 */
export function statusOf(failure: SlipwayError, own: Partial<Record<FailureKind, number>>): number {
  const usual = STATUS_OF_KIND[failure.kind];
  return failure.code === 'predict.not-finite' ? usual : (own[failure.kind] ?? usual);
}

/** RFC 9457 problem+json. */
export const problemJson: FailureWriter = (failure, requestId) => {
  const status = STATUS_OF_KIND[failure.kind];
  const body = JSON.stringify({
    type: `urn:slipway:failure:${failure.code}`,
    title: failure.code,
    status,
    detail: failure.message,
    code: failure.code,
    hint: hintIn(REST_HINTS, failure),
    path: failure.path,
    details: failure.kind === 'internal' ? {} : failure.details,
    requestId,
  });
  return { status, contentType: 'application/problem+json', body };
};

/**
 * A failure as one sentence with its place and, in the words of the protocol, the way out.
 * @param rows what the protocol calls the list of rows; left out where rows have no list there, as in tensors and tables split into
 * columns, and a place is told by the index of its row and its column
 */
export function failureText(failure: SlipwayError, hints: Hints, rows?: string): string {
  const placed = (text: string) =>
    rows === undefined ? byIndex(text) : text.replace(/\brows\[(?=\d)/, `${rows}[`);
  const where = failure.path === undefined ? '' : ` (${placed(failure.path)})`;
  const says = failure.code === 'predict.not-finite' ? placed(failure.message) : failure.message;
  return `${says}${where} ${hintIn(hints, failure)}`;
}

/** `rows[3].age` is "row index 3, column age". */
function byIndex(text: string): string {
  return text.replace(PLACE, (_, row: string, name?: string, quoted?: string) => {
    const column = quoted === undefined ? name : (JSON.parse(quoted) as string);
    return column === undefined ? `row index ${row}` : `row index ${row}, column ${column}`;
  });
}

/** A row's place, with its column by name or as a JSON string where the name is no identifier. */
const PLACE = /\brows\[(\d{1,15})\](?:\.([A-Za-z_$][\w$]*)|\[("(?:[^"\\]|\\.)*")\])?/;
