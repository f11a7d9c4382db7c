import { fail } from '@slipway/contract';

/** The failure of an option that does not fit the file, such as a delimiter that no line has. */
export function unfit(file: string, option: string, reason: string) {
  return fail('file.option-unfit', { file, option, reason });
}
