import { decodeForecastFile } from '../../../stages/pack/index.ts';
import { type ForecastModel, isAlike, naiveBaseline } from '../../../stages/train/index.ts';
import { rollingOrigin, type ValidationReport, validateForecast } from '../../../stages/validate/index.ts';
import { baselineText } from '../../candidate/forecast/baseline-text.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { ValidateModelInput } from '../../model.ts';
import { knownValues } from './known-values.ts';
import { laterSet } from './later-set.ts';
import { readSeriesSet } from './read-series-set.ts';

/** Of the bootstrap. */
const SEED = 1;

/**
 * Measures a forecast on the values of a dataset that are newer than those it was fitted on, from rolling origins, beside the best
 * naive forecast and the champion on the same steps. Throws `validation.unfit`.
 */
export async function validateForecastVersion(
  input: ValidateModelInput,
  bytes: Uint8Array,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<ValidationReport> {
  const file = decodeForecastFile(bytes);
  const { model } = file;
  const { dataset, datasetVersion: version, trained } = input;
  const found = await readSeriesSet(input, file, ports, signal);
  const known = await knownValues(model, trained, ports, signal);
  const columns = file.inputs.length + 1;
  const { later, origin } = laterSet(model, known.set, found, { dataset, version, columns });
  const baseline = naiveBaseline(known.set);
  const champion = await championOf(input, model, ports);
  const { series, origins } = rollingOrigin({
    later: later.later,
    model,
    champion: champion?.model ?? null,
    lag: baseline.lag,
  });
  const isCompared = series.some((one) => one.champion !== null);
  const notes = [
    ...origin.notes,
    ...(known.isWhole
      ? []
      : [
          'The training values are not in the lake, so the scale of mase and the naive forecast are of the last values, which the version keeps.',
        ]),
  ];
  return validateForecast({
    horizon: model.horizon,
    baselineSays: baselineText(baseline),
    champion: champion === null ? null : { name: input.model, version: champion.version },
    sets: [
      {
        name: `${dataset}@${version}`,
        series,
        origins,
        origin: { ...origin, notes },
        ...(champion !== null &&
          !isCompared && {
            notCompared: `version ${champion.version}, the champion, does not reach as far or was fitted on values of this set`,
          }),
      },
    ],
    seed: SEED,
  });
}

/** The champion where it is another version with steps alike. */
async function championOf(
  { champion }: ValidateModelInput,
  model: ForecastModel,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<{ model: ForecastModel; version: number } | null> {
  if (champion === null) return null;
  const { files } = await ports.bundles.open(champion.bundleId);
  const bytes = files.get('forecast.json');
  if (bytes === undefined) return null;
  const { model: other } = decodeForecastFile(bytes);
  return isAlike(other.frequency, model.frequency) ? { model: other, version: champion.version } : null;
}
