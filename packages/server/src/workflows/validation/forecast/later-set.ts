import { fail } from '@slipway/contract';
import { type ForecastModel, timeText } from '../../../stages/train/index.ts';
import { type Known, type LaterValues, laterValues, type SetOrigin } from '../../../stages/validate/index.ts';
import type { ReadSeries } from './read-series-set.ts';

/** A set of a forecast: what it tells beyond the values that were known, and what to know of it. */
export type LaterSet = { later: LaterValues; origin: SetOrigin };

const NAMED = 5;

/** Why nothing of a set is left to measure: the training has learnt from its values. */
export type UsedUp = { usedUp: string };

/** The same of a set that must have newer values. Throws `validation.unfit` where it has none. */
export function laterSet(...[model, known, read, of]: Parameters<typeof laterOrUsedUp>): LaterSet {
  const found = laterOrUsedUp(model, known, read, of);
  if (!('usedUp' in found)) return found;
  const reason = `${found.usedUp}; append newer ones to it, or name another dataset`;
  throw fail('validation.unfit', { dataset: of.dataset, reason }, { path: 'dataset' });
}

/**
 * The values of a set that are newer than those that a forecast was made of, or that there is none. Throws `validation.unfit` where
 * more steps than the horizon lie between, or where no series is known.
 */
export function laterOrUsedUp(
  model: Parameters<typeof laterValues>[0] & Pick<ForecastModel, 'frequency' | 'horizon'>,
  known: { series: readonly Known[] },
  { set, missingTarget }: ReadSeries,
  { dataset, version, columns }: { dataset: string; version: number; columns: number },
): LaterSet | UsedUp {
  const later = laterValues(model, known, set);
  const unfit = (reason: string) => fail('validation.unfit', { dataset, reason }, { path: 'dataset' });
  const end = model.series.reduce(
    (most, one) => Math.max(most, one.end + one.recent.length),
    Number.NEGATIVE_INFINITY,
  );
  const last = timeText(model.frequency, end);
  if (later.later.length === 0 && later.notNewer === 0)
    throw unfit(`the model knows none of its series (${named(later.unknown)})`);
  if (later.newer === 0)
    return {
      usedUp: `none of its ${later.notNewer.toLocaleString('en')} values is newer than those of the training, which end at ${last}`,
    };
  if (later.gap > model.horizon)
    throw unfit(
      `${later.gap} steps lie between the training, which ends at ${last}, and its first newer value, more than the horizon of ${model.horizon}; a dataset that also has the values in between can be measured`,
    );
  const notes = notesOf(later, { dataset, version, last });
  const leftOut = { missingTarget, unknownClass: 0 };
  return { later, origin: { dataset, version, leftOut, overlap: { rows: 0, columns }, notes } };
}

function notesOf(
  { notNewer, unknown, gap }: LaterValues,
  { dataset, version, last }: { dataset: string; version: number; last: string },
): string[] {
  const set = `${dataset}@${version}`;
  const notes = [
    notNewer > 0
      ? `${notNewer.toLocaleString('en')} values of ${set} are not newer than the training, which ends at ${last}, and are left out.`
      : '',
    unknown.length > 0
      ? `${unknown.length.toLocaleString('en')} series of ${set} left out that the model does not know: ${named(unknown)}.`
      : '',
    gap > 0
      ? `${gap} steps between the training and ${set} have no value; what the model forecasts stands in for them.`
      : '',
  ];
  return notes.filter((note) => note !== '');
}

function named(series: readonly string[]): string {
  const more = series.length > NAMED ? ` and ${(series.length - NAMED).toLocaleString('en')} more` : '';
  return `${series
    .slice(0, NAMED)
    .map((name) => (name === '' ? 'the only series' : name))
    .join('; ')}${more}`;
}
