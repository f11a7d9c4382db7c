import { isFailure } from '@slipway/contract';
import {
  type ForecastModel,
  prepareSeries,
  type SeriesSet,
  seriesRows,
} from '../../../stages/train/index.ts';
import { columnsAsked } from '../../candidate/forecast/columns-asked.ts';
import { readForecastTable } from '../../candidate/forecast/read-forecast-table.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';

/** The values that a version was made of; `isWhole` is false where the bundle's last ones have to do. */
export type KnownValues = { set: SeriesSet; isWhole: boolean };

/**
 * The values that a forecast was fitted on: of the dataset version of its training or, where that was not recorded or is no longer
 * in the lake, the last ones, which its bundle keeps.
 */
export async function knownValues(
  model: ForecastModel,
  trained: CandidateInput | null,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<KnownValues> {
  if (trained?.forecast === undefined) return { set: lastValues(model), isWhole: false };
  try {
    const table = await readForecastTable(trained, trained.forecast, ports, signal);
    const { rows } = seriesRows(table, columnsAsked(trained, trained.forecast));
    const { frequency, seasons, horizon } = model;
    const like = { frequency, seasons };
    const set = prepareSeries({ ...rows, increments: trained.increments }, { horizon: 1, like });
    return { set: { ...set, horizon }, isWhole: true };
  } catch (error) {
    const isGone = isFailure(error, 'object.missing') || isFailure(error, 'object.corrupt');
    if (!isGone) throw error;
    return { set: lastValues(model), isWhole: false };
  }
}

function lastValues({ frequency, seasons, horizon, series }: ForecastModel): SeriesSet {
  return {
    ...{ frequency, seasons, horizon, covariates: [], says: [] },
    series: series.map(({ key, end, tail, recent }) => {
      const values = Float64Array.from([...tail, ...recent]);
      const filled = new Uint8Array(values.length);
      return { key, start: end + 1 - tail.length, values, filled, seasons, fixed: [], known: [] };
    }),
  };
}
