import { fail, isFailure } from '@slipway/contract';

/** The same failure, of the file as the user named it: engines know files by their paths. */
export function withFileName(error: unknown, fileName: string): unknown {
  if (!isFailure(error) || !('file' in error.details) || error.details.file === fileName) return error;
  return fail(error.code, { ...error.details, file: fileName }, { cause: error });
}
