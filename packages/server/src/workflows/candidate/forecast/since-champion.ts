import {
  type ForecastModel,
  type Refit,
  refitForecast,
  type SeriesSet,
} from '../../../stages/train/index.ts';
import { forecastShift, type KnownColumn, type ShiftReport } from '../../../stages/validate/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';
import type { Champion } from './champion-forecast.ts';

/** How a set grew since the champion was fitted. */
export type ForecastGrowth = {
  /** Of each series of the set how many of its values the champion had; null of a series that it does not know. */
  had: (number | null)[];
};

/**
 * Null without a champion of this dataset, or where nothing came since. The champion was fitted on all values up to the end that
 * each of its series keeps.
 */
export function growthOfSeries(
  { series }: SeriesSet,
  champion: Champion | null,
  input: CandidateInput,
): ForecastGrowth | null {
  if (champion === null || input.champion?.known == null) return null;
  const ends = new Map(
    champion.model.series.map(({ key, end, recent }) => [JSON.stringify(key), end + recent.length]),
  );
  const had = series.map(({ key, start, values }) => {
    const end = ends.get(JSON.stringify(key));
    return end === undefined ? null : Math.max(0, Math.min(values.length, end + 1 - start));
  });
  const grew = series.some(({ values }, index) => had[index] !== null && had[index]! < values.length);
  return grew ? { had } : null;
}

/** What differs in the appended values of the series that the champion knows. */
export function shiftSince(
  set: SeriesSet,
  { had }: ForecastGrowth,
  { target, acceptShift = false, acceptance }: CandidateInput,
  { version, model }: Champion,
): ShiftReport {
  // The appended values may have hidden a season of the set.
  const season = model.seasons[0] ?? set.seasons[0] ?? 1;
  const grown = set.series.flatMap((one, index) => {
    const known = had[index];
    return known === null || known === undefined || known === 0 || known === one.values.length
      ? []
      : [{ ...one, cut: known }];
  });
  const columns = set.covariates
    .filter(({ use }) => use === 'known')
    .map(
      ({ name, type }, which): KnownColumn => ({
        ...{ name, type },
        before: grown.flatMap(({ known, cut }) => [...known[which]!.subarray(0, cut)]),
        appended: grown.flatMap(({ known, cut, values }) => [...known[which]!.subarray(cut, values.length)]),
      }),
    );
  return forecastShift({
    ...{ target, columns, champion: version, season, accepted: acceptShift },
    ...(acceptance && { acceptance }),
    series: grown.map(({ values, filled, cut }) => ({ values, filled, known: cut })),
  });
}

/** The champion's own hold-out: both fitted on what came before it, by their models and weights. */
export type OriginalHoldout = {
  /** Values before it, of the series that are long enough. */
  before: SeriesSet;
  /** Which series of the whole set these are. */
  places: number[];
  candidate: ForecastModel;
  champion: ForecastModel;
};

/** Share of the budget that each of both fits may take. */
const SHARE = 0.2;
/** Values that a series must have before the hold-out. */
const LEAST_BEFORE = 8;

/**
 * Fits challenger and champion on the values before the champion's own hold-out, its last horizon, so that both forecast it without
 * having seen it. Null where no series is long enough, or there is no time for both fits. Throws `job.cancelled`.
 */
export function originalHoldout(
  set: SeriesSet,
  { had }: ForecastGrowth,
  { candidate, champion }: { candidate: ForecastModel; champion: ForecastModel },
  { budgetSeconds, seed }: CandidateInput,
  { clock, signal }: Pick<JobPorts, 'clock'> & { signal: AbortSignal },
): OriginalHoldout | null {
  if (champion.horizon < set.horizon) return null;
  const places = set.series.flatMap((_, index) =>
    (had[index] ?? 0) - set.horizon >= LEAST_BEFORE ? [index] : [],
  );
  if (places.length === 0) return null;
  const series = places.map((index) => {
    const one = set.series[index]!;
    const length = had[index]! - set.horizon;
    return { ...one, values: one.values.slice(0, length), filled: one.filled.slice(0, length) };
  });
  const before = { ...set, series };
  const again = (model: ForecastModel): Refit =>
    refitForecast(
      model,
      { set: before, seed, budgetSeconds, limitSeconds: SHARE * budgetSeconds, signal },
      { clock },
    );
  const ours = again(candidate);
  if (!ours.isComplete) return null;
  const theirs = again(champion);
  return theirs.isComplete ? { before, places, candidate: ours.model, champion: theirs.model } : null;
}
