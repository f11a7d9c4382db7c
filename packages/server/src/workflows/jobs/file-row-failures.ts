import { fail, isFailure, type SlipwayError } from '@slipway/contract';

/** What `work` gives; a failure about `rows[i]` of it is thrown as one about row `first + i` of the file. */
export function ofFileRows<T>(work: () => T, first: number): T {
  try {
    return work();
  } catch (error) {
    throw isFailure(error) ? ofFileRow(error, first) : error;
  }
}

/** As {@link ofFileRows}, of what comes later. */
export async function ofFileRowsLater<T>(work: () => Promise<T>, first: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isFailure(error) ? ofFileRow(error, first) : error;
  }
}

/** The failure about `rows[i]` of a part as one about row `first + i` of the file. A message that names the row counts from 1. */
export function ofFileRow(failure: SlipwayError, first: number): SlipwayError {
  const { code, details, path } = failure;
  const [head, index] = /^rows\[(\d+)\]/.exec(path ?? '') ?? [];
  if (path === undefined || head === undefined) return failure;
  const row = Number(index) + first;
  const told = code === 'predict.not-finite' ? { ...details, row: `row ${row + 1} of the file` } : details;
  return fail(code, told, { path: `rows[${row}]${path.slice(head.length)}`, cause: failure });
}
