import { type BundleManifest, decodeForecastFile } from '../../../stages/pack/index.ts';
import {
  type ForecastModel,
  type Projection,
  projectSeries,
  type Refit,
  refitForecast,
  type SeriesSet,
} from '../../../stages/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

/** The forecast that answers today. */
export type Champion = { model: ForecastModel; label: string; version: number };

/** The champion; null where there is none, or it is no forecast. */
export async function championOf(
  input: CandidateInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<Champion | null> {
  if (input.champion === null) return null;
  const { files } = await ports.bundles.open(input.champion.bundleId);
  const bytes = files.get('forecast.json');
  if (bytes === undefined) return null;
  const { model } = decodeForecastFile(bytes);
  const { learner } = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as BundleManifest;
  return { model, label: learner, version: input.champion.version };
}

/** Share of the budget that fitting the champion again may take. */
const SHARE = 0.2;

/** The champion's models and weights, fitted on the values of a set. Throws `job.cancelled`. */
export function fitChampion(
  { model }: Champion,
  set: SeriesSet,
  { budgetSeconds, seed }: CandidateInput,
  { clock, signal }: Pick<JobPorts, 'clock'> & { signal: AbortSignal },
): Refit {
  const limitSeconds = SHARE * budgetSeconds;
  return refitForecast(model, { set, seed, budgetSeconds, limitSeconds, signal }, { clock });
}

/**
 * What the champion says of the steps held out: its models and weights fitted on the same values as the candidate, since
 * what answers has been fitted on all values that there were. Null for each series that it does not know, and for all
 * where it does not reach as far.
 */
export function championAhead(
  { model }: Champion,
  fitted: ForecastModel,
  { set }: PreparedForecast,
): (Projection | null)[] {
  if (model.horizon < set.horizon) return set.series.map(() => null);
  const known = new Set(model.series.map(({ key }) => JSON.stringify(key)));
  return projectSeries(fitted, fitted.series, set.horizon).map((one, index) =>
    known.has(JSON.stringify(set.series[index]!.key)) ? one : null,
  );
}
