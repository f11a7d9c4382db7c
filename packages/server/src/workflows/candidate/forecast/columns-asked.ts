import type { SeriesColumns } from '../../../stages/train/index.ts';
import type { CandidateInput, ForecastOptions } from '../../model.ts';

/** What was asked of the columns of a forecast, by the names that were told. */
export function columnsAsked(
  {
    manifest: { schema },
    target,
    exclude,
    dataset,
  }: Pick<CandidateInput, 'manifest' | 'target' | 'exclude' | 'dataset'>,
  wish: ForecastOptions,
): SeriesColumns {
  const names = schema.columns.map(({ name }) => name);
  return {
    target,
    time: wish.time,
    series: seriesNames(wish.series, names),
    known: wish.known,
    exclude,
    dataset,
    readings: new Map(
      schema.columns.flatMap(({ name, reading }) => (reading === undefined ? [] : [[name, reading]])),
    ),
  };
}

/** One column of that name, or several separated by commas. */
function seriesNames(series: string | null, names: readonly string[]): string[] {
  if (series === null) return [];
  if (names.some((name) => name.toLowerCase() === series.trim().toLowerCase())) return [series];
  return series.split(',').map((name) => name.trim());
}
