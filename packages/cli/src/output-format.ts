import { fail } from '@slipway/contract';
import { Option } from 'commander';

/** The formats that a command can write, and the endings of files that ask for each. */
type Endings<Format extends string> = Record<Format, RegExp>;

/** What `slipway predict` writes. */
export const PREDICT_FORMATS: Endings<'csv' | 'ndjson'> = { csv: /\.csv$/i, ndjson: /\.(ndjson|jsonl)$/i };
/** What `slipway batch predict` writes. */
export const BATCH_FORMATS: Endings<'csv' | 'parquet'> = { csv: /\.csv$/i, parquet: /\.parquet$/i };

/** The flag by which a format is asked for. */
export function formatFlag(endings: Endings<string>): Option {
  return new Option('--format <format>', 'format of the result (from the ending of --out)').choices(
    Object.keys(endings),
  );
}

/**
 * The format of a file of results: that of `--format`, else that which the ending of `--out` says; `--json` says nothing about
 * it. Throws `command.invalid` for another ending without `--format`, and for an ending of another format than `--format`.
 */
export function outputFormat<Format extends string>(
  out: string,
  format: Format | undefined,
  endings: Endings<Format>,
): Format {
  const formats = Object.keys(endings) as Format[];
  const patterns = Object.values<RegExp>(endings);
  const byEnding = formats.find((_, i) => patterns[i]!.test(out));
  if (format !== undefined && byEnding !== undefined && format !== byEnding) {
    throw fail('command.invalid', {
      reason: `--out ${out} ends as ${byEnding} does and --format is ${format}; change one of them`,
    });
  }
  const decided = format ?? byEnding;
  if (decided !== undefined) return decided;
  const accepted = formats.map((one) => `.${one}`).join(' or ');
  throw fail('command.invalid', {
    reason: `--out${out === '' ? '' : ` ${out}`}: give a file that ends in ${accepted}, or say its --format`,
  });
}
