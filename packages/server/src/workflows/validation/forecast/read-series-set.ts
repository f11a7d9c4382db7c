import { fail, isFailure } from '@slipway/contract';
import { columnNamed, type DatasetManifest, type Table } from '../../../stages/ingest/index.ts';
import type { ForecastFile } from '../../../stages/pack/index.ts';
import {
  describeFrequency,
  type ForecastModel,
  isAlike,
  prepareSeries,
  type SeriesSet,
  seriesRows,
} from '../../../stages/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import { readAs } from '../read-set.ts';

/** What a set of series is read by: the columns that a forecast is asked by, and its steps. */
export type SeriesForm = Pick<
  ForecastFile,
  'inputs' | 'others' | 'missingWords' | 'form' | 'seriesColumns' | 'target'
> & { model: Pick<ForecastModel, 'frequency' | 'seasons' | 'horizon'> };

/** A set as the training table was read; `missingTarget` are rows without a value of the target. */
export type ReadSeries = { set: SeriesSet; missingTarget: number };

type Lake = Pick<JobPorts, 'objects' | 'tables' | 'limits'>;

/**
 * A dataset version as series on the steps of a forecast: columns are read as those of the training table. Throws
 * `validation.unfit` where a column is missing, cannot be read, or follows other steps.
 */
export async function readSeriesSet(
  { dataset, manifest }: { dataset: string; manifest: DatasetManifest },
  form: SeriesForm,
  ports: Lake,
  signal: AbortSignal,
): Promise<ReadSeries> {
  const { inputs, others = [], missingWords, target, seriesColumns, model } = form;
  const kept = others.find(({ name }) => name === target);
  const outcome = kept ?? { name: target, type: 'number' as const };
  const rows = {
    columns: [...inputs, outcome],
    missingWords,
    form: form.form,
    required: [...inputs.map(({ name }) => name), target],
  };
  const table = await readAs({ dataset, manifest }, rows, ports, signal);
  const names = inputs.map(({ name }) => name);
  const asked = {
    target,
    time: names[0]!,
    series: names.slice(1, 1 + seriesColumns),
    known: names.slice(1 + seriesColumns),
    exclude: [],
    dataset,
    readings: new Map(inputs.flatMap(({ name, reading }) => (reading ? [[name, reading]] : []))),
  };
  const { frequency, seasons, horizon } = model;
  try {
    const { rows: series } = seriesRows(table, asked);
    refuseOtherSteps(series, frequency, dataset);
    const prepared = prepareSeries(series, { horizon: 1, like: { frequency, seasons } });
    return { set: { ...prepared, horizon }, missingTarget: missingIn(table, target) };
  } catch (error) {
    if (!isFailure(error) || !/^(?:forecast|target)\./.test(error.code)) throw error;
    const reason = error.message.replace(/\.$/, '');
    throw fail('validation.unfit', { dataset, reason }, { cause: error });
  }
}

/** Failures of sets that are too small for their steps to be told; they are taken to be those of the model. */
const TOO_FEW = ['forecast.one-time', 'forecast.too-short'];

function refuseOtherSteps(
  rows: Parameters<typeof prepareSeries>[0],
  frequency: ForecastModel['frequency'],
  dataset: string,
): void {
  const own = ownSteps(rows);
  if (own === null || isAlike(own, frequency)) return;
  const reason = `its steps are ${describeFrequency(own)}, those of the model ${describeFrequency(frequency)}`;
  throw fail('validation.unfit', { dataset, reason });
}

function ownSteps(rows: Parameters<typeof prepareSeries>[0]): ForecastModel['frequency'] | null {
  try {
    return prepareSeries(rows, { horizon: 1 }).frequency;
  } catch (error) {
    if (isFailure(error) && TOO_FEW.includes(error.code)) return null;
    throw error;
  }
}

function missingIn(table: Table, target: string): number {
  const column = columnNamed(table, target);
  if (column === undefined || column.type === 'string') return 0;
  return column.values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
}
