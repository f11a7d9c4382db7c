import type { Table } from '../../../journey/ingest/index.ts';
import {
  describeFrequency,
  type ForecastModel,
  type HeldOut,
  holdOut,
  prepareSeries,
  type ResolvedColumns,
  type SeriesSet,
  seriesRows,
  timeText,
} from '../../../journey/train/index.ts';
import type { CandidateInput, ForecastWish } from '../../model.ts';
import type { Told } from '../story.ts';
import { columnsAsked } from './columns-asked.ts';

export type PreparedForecast = {
  columns: ResolvedColumns;
  /** Every value there is. */
  set: SeriesSet;
  /** The same without the last steps of each series. */
  held: HeldOut;
};

const SERIES_SHOWN = 20;

/** Puts the table's series on one grid and holds out their last steps: as many as the champion forecasts where no number is asked for. */
export async function prepareForecast(
  table: Table,
  input: CandidateInput,
  wish: ForecastWish,
  champion?: Pick<ForecastModel, 'frequency' | 'horizon'>,
): Promise<Told<PreparedForecast>> {
  const { rows, columns, says } = seriesRows(table, columnsAsked(input, wish));
  const prepared = prepareSeries(
    { ...rows, increments: input.increments },
    { horizon: wish.horizon, ...(champion && { champion }) },
  );
  const set = { ...prepared, says: [...says, ...prepared.says] };
  const held = holdOut(set);
  return {
    value: { columns, set, held },
    says: [...set.says, held.says].join(' '),
    facts: {
      task: 'forecast',
      steps: [...set.says, ...covariateSentences(set), held.says],
      frequency: describeFrequency(set.frequency),
      seasons: set.seasons,
      horizon: set.horizon,
      series: set.series.length,
      shown: set.series.slice(0, SERIES_SHOWN).map(({ key, start, values }) => ({
        series: key.join(', '),
        from: timeText(set.frequency, start),
        to: timeText(set.frequency, start + values.length - 1),
        values: values.length,
      })),
    },
  };
}

function covariateSentences({ covariates }: SeriesSet): string[] {
  const named = (use: 'static' | 'known') =>
    covariates.filter((one) => one.use === use).map(({ name }) => name);
  const [fixed, known] = [named('static'), named('known')];
  return [
    ...(fixed.length === 0
      ? []
      : [`What does not change within a series tells series apart: ${fixed.join(', ')}.`]),
    ...(known.length === 0 ? [] : [`Known in advance: ${known.join(', ')}.`]),
  ];
}
