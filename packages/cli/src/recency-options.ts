import { fail, type Recency } from '@slipway/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from './options.ts';

/** The flags of `slipway retrain` and `slipway endpoints policy` that choose the training rows. */
export type RecencyFlags = {
  recent?: number;
  recentRows?: number;
  halfLife?: number;
  halfLifeRows?: number;
  recentBy?: string;
};

export function withRecency(command: Command): Command {
  return command
    .option('--recent <time>', 'train on the rows of the last so many days or weeks, such as 90d', days)
    .option('--recent-rows <n>', 'train on this many rows, the newest', wholeNumber)
    .option('--half-life <time>', 'weight rows by age: one so much older than the newest counts half', days)
    .option(
      '--half-life-rows <n>',
      'weight rows by age: one with so many newer rows counts half',
      wholeNumber,
    )
    .option('--recent-by <column>', 'column that tells how new a row is (from the time column)');
}

/** Undefined when no flag was given. Which of them go together is for the server to say. */
export function recencyOf(flags: RecencyFlags): Recency | undefined {
  const recency: Recency = {
    ...(flags.recent !== undefined && { days: flags.recent }),
    ...(flags.recentRows !== undefined && { rows: flags.recentRows }),
    ...(flags.halfLife !== undefined && { halfLifeDays: flags.halfLife }),
    ...(flags.halfLifeRows !== undefined && { halfLifeRows: flags.halfLifeRows }),
    ...(flags.recentBy !== undefined && { by: flags.recentBy }),
  };
  return Object.keys(recency).length === 0 ? undefined : recency;
}

/** Null for all rows, undefined where no flag was given. Throws `request.invalid` when both are asked for. */
export function wantedRecency(flags: RecencyFlags & { allRows?: boolean }): Recency | null | undefined {
  const recency = recencyOf(flags);
  if (!flags.allRows) return recency;
  if (recency === undefined) return null;
  throw fail('request.invalid', { reason: '--all-rows excludes --recent, --half-life and their kind' });
}

const DAYS_OF = new Map([
  ['h', 1 / 24],
  ['d', 1],
  ['w', 7],
]);

/** `90d`, `12w` or `36h`, in days. */
export function days(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim());
  const factor = DAYS_OF.get(match?.[2] ?? '');
  if (match === null || factor === undefined) throw new InvalidArgumentError('Write it as 90d, 12w or 36h.');
  return Number(match[1]) * factor;
}
