import { type BundleManifest, decodeForecastFile } from '../../../journey/pack/index.ts';
import {
  type ForecastModel,
  type Projection,
  projectSeries,
  type Series,
  type SeriesModel,
  withHistory,
} from '../../../journey/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

/** The forecast that answers today, its series by their names. */
export type Champion = { model: ForecastModel; label: string; byKey: Map<string, SeriesModel> };

/** The champion; null where there is none, it is no forecast, or its steps are others. */
export async function championOf(
  input: CandidateInput,
  frequency: ForecastModel['frequency'],
  ports: Pick<JobPorts, 'bundles'>,
): Promise<Champion | null> {
  if (input.champion === null) return null;
  const { files } = await ports.bundles.open(input.champion.bundleId);
  const bytes = files.get('forecast.json');
  if (bytes === undefined) return null;
  const { model } = decodeForecastFile(bytes);
  if (JSON.stringify(model.frequency) !== JSON.stringify(frequency)) return null;
  const { learner } = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as BundleManifest;
  return { model, label: learner, byKey: new Map(model.series.map((one) => [JSON.stringify(one.key), one])) };
}

/**
 * What the champion would have said of the steps held out: as it was fitted, moved on by what was known before them. Null
 * where it does not know the series, was fitted on some of those steps, or does not reach as far.
 */
export function championAhead(
  { model, byKey }: Champion,
  { set, held }: PreparedForecast,
  index: number,
): Projection | null {
  const training = held.training.series[index]!;
  const known = byKey.get(JSON.stringify(training.key));
  const cutoff = training.start + training.values.length - 1;
  if (known === undefined || known.end > cutoff || model.horizon < set.horizon) return null;
  const since = Array.from(training.values.slice(known.end + 1 - training.start));
  const standing = withHistory(model, { ...known, recent: [] }, since);
  return projectSeries(model, [standing], set.horizon)[0]!;
}

export type Kept = { model: ForecastModel; label: string; said: Projection[] };

/** The champion's models for the series of today; null where it does not know all of them, or not far enough. */
export function keptChampion(
  { model, label, byKey }: Champion,
  { set, held }: PreparedForecast,
  ahead: readonly (Projection | null)[],
): Kept | null {
  const known = set.series.map(({ key }) => byKey.get(JSON.stringify(key)));
  const isWhole = known.every(
    (one, index) => one !== undefined && (held.left[index] === 0 || ahead[index] !== null),
  );
  if (!isWhole || model.horizon !== set.horizon) return null;
  const series = known.map((one, index) => knownNow(one!, set.series[index]!));
  const said = ahead.map((one, index) => one ?? projectSeries(model, [series[index]!], set.horizon)[0]!);
  return { model: { ...model, series }, label, said };
}

/** A series of the champion with what the table of today tells of columns known in advance. */
function knownNow(former: SeriesModel, { start, known }: Series): SeriesModel {
  const from = former.end + 1;
  return {
    ...former,
    recent: [],
    knownFrom: from,
    known: known.map((values) =>
      Array.from(values.slice(Math.max(0, from - start)), (value) => (Number.isNaN(value) ? null : value)),
    ),
  };
}
