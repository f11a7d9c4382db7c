import { fail } from '@slipway/contract';
import type { Table } from '../../../stages/ingest/index.ts';
import { otherColumnsOf } from '../../../stages/prepare/index.ts';
import {
  describeFrequency,
  type ForecastModel,
  type HeldOut,
  holdOut,
  isAlike,
  prepareSeries,
  type ResolvedColumns,
  type SeriesSet,
  seriesRows,
  timeText,
} from '../../../stages/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, ForecastOptions } from '../../model.ts';
import {
  candidateForecastSets,
  type ForecastSetRows,
  type UsedUpSet,
} from '../../validation/forecast/candidate-forecast-sets.ts';
import { refuseGateMetrics } from '../../validation/gate-metrics.ts';
import type { Told } from '../stage-reporter.ts';
import { columnsAsked } from './columns-asked.ts';
import { inputsOf } from './inputs-of.ts';

export type PreparedForecast = {
  columns: ResolvedColumns;
  /** Every value there is. */
  set: SeriesSet;
  /** The same without the last steps of each series. */
  held: HeldOut;
  /** Further sets, in the order that was asked. */
  sets: readonly ForecastSetRows[];
  /** Those whose values the training has learnt from, which are not measured. */
  usedUp: readonly UsedUpSet[];
};

/** The forecast that answers today, and the number of its version. */
type FormerForecast = Pick<ForecastModel, 'frequency' | 'horizon'> & { version: number };

const SERIES_SHOWN = 20;

/** The series with those of the further sets. What a gate or a set lacks ends the job before the search begins. */
export async function prepareForecastWithSets(
  told: Told<PreparedForecast>,
  input: CandidateInput,
  ports: Pick<JobPorts, 'objects' | 'tables' | 'limits'>,
  signal: AbortSignal,
): Promise<Told<PreparedForecast>> {
  const { set, columns } = told.value;
  refuseGateMetrics(input.gates ?? [], 'forecast');
  const inputs = inputsOf(told.value, input);
  const form = {
    ...{ inputs, model: set, target: columns.target, seriesColumns: columns.series.length },
    ...otherColumnsOf(input.manifest.schema, inputs),
  };
  const { sets, usedUp } = await candidateForecastSets(input.validateOn, set, form, ports, signal);
  if (sets.length === 0 && usedUp.length === 0) return told;
  const facts = sets.map(({ name, later, origin }) => ({ name, rows: later.newer, ...origin }));
  return {
    value: { ...told.value, sets, usedUp },
    says: [told.says, ...sets.flatMap(({ origin }) => origin.notes), ...usedUp.map(({ says }) => says)].join(
      ' ',
    ),
    facts: { ...told.facts, validateOn: facts, ...(usedUp.length > 0 && { usedUp }) },
  };
}

/**
 * Puts the table's series on one grid and holds out their last steps: as many as the champion forecasts where no number is asked for.
 * Of a retraining throws `forecast.steps-changed` where the steps are others than the champion's, and `forecast.horizon-too-long`
 * where too few values are left for its horizon.
 */
export async function prepareForecast(
  table: Table,
  input: CandidateInput,
  wish: ForecastOptions,
  champion?: FormerForecast,
): Promise<Told<PreparedForecast>> {
  const { rows, columns, says } = seriesRows(table, columnsAsked(input, wish));
  const prepared = prepareSeries(
    { ...rows, increments: input.increments },
    { horizon: wish.horizon, ...(champion && { champion }) },
  );
  if (input.isRetraining && champion)
    refuseChangedSteps(prepared, wish, { dataset: input.dataset, champion });
  const set = { ...prepared, says: [...says, ...prepared.says] };
  const held = holdOut(set);
  return {
    value: { columns, set, held, sets: [], usedUp: [] },
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

/** Callers ask for so many steps ahead: a step that is another one, or fewer of them, would answer another question. */
function refuseChangedSteps(
  { frequency, horizon, series }: SeriesSet,
  wish: ForecastOptions,
  { champion, dataset }: Pick<CandidateInput, 'dataset'> & { champion: FormerForecast },
): void {
  const { frequency: before, version } = champion;
  if (!isAlike(before, frequency))
    throw fail(
      'forecast.steps-changed',
      {
        ...{ dataset, version },
        ...{ steps: describeFrequency(frequency), before: describeFrequency(before) },
      },
      { path: 'time' },
    );
  if (wish.horizon !== null || horizon === champion.horizon) return;
  const values = Math.max(...series.map((one) => one.values.length));
  throw fail(
    'forecast.horizon-too-long',
    { horizon: champion.horizon, values, most: horizon },
    { path: 'horizon' },
  );
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
