import { decodeForecastFile } from '../../../journey/pack/index.ts';
import {
  type ForecastCase,
  type ForecastModel,
  naiveTwo,
  type Projection,
  projectSeries,
  type SeriesModel,
  scaleOf,
  type TrainedForecast,
  timeOf,
  truthOf,
  withHistory,
} from '../../../journey/train/index.ts';
import {
  decideGates,
  FORECAST_GATES,
  type JudgedSeries,
  type ValidationReport,
  validateForecast,
} from '../../../journey/validate/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';
import type { Told } from '../story.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

export type JudgedForecast = {
  report: ValidationReport;
  /** What was said of the steps held out. */
  heldOut: Float64Array;
  backtests: { model: number; seasonalNaive: number };
};

/** Values before the hold-out that pictures show. */
const HISTORY_SHOWN = 60;

/** Measures the forecast on the steps held out, beside the seasonal naive and the champion on the same steps. */
export async function judgeForecast(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  input: CandidateInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<Told<JudgedForecast>> {
  const { set, held } = prepared;
  const said = projectSeries(trained.model, trained.model.series, set.horizon);
  const champion = await championOf(input, set.frequency, ports);
  const season = set.seasons[0] ?? 1;
  const series = held.left.flatMap((left, index): JudgedSeries[] => {
    if (left === 0) return [];
    const candidate = caseOf(prepared, index, said[index]!);
    const ahead = champion && championAhead(champion, prepared, index);
    return [
      {
        candidate,
        baseline: seasonalNaive(held.training.series[index]!.values, season, set.horizon),
        champion:
          ahead === null ? null : { ...candidate, forecast: ahead.values, intervals: ahead.intervals },
        example: exampleOf(prepared, index),
      },
    ];
  });
  const report = validateForecast({
    horizon: set.horizon,
    baselineSays: season === 1 ? 'always the last value known' : `the value of ${season} steps before`,
    champion: champion === null ? null : { name: input.modelName, version: input.champion!.version },
    series,
    seed: input.seed,
  });
  const backtests = backtestsOf(trained);
  const holdout = report.datasets[0]!;
  const { primary } = holdout;
  const verdict = decideGates({ report, backtests }, FORECAST_GATES);
  return {
    value: {
      report,
      backtests,
      heldOut: Float64Array.from(series.flatMap((one) => [...one.candidate.forecast])),
    },
    says: `mase ${primary.value.toFixed(4)} (95 % interval ${primary.low.toFixed(4)} to ${primary.high.toFixed(4)}) on ${holdout.rows.toLocaleString('en')} steps never trained on. ${verdict.says}`,
    facts: {
      metrics: holdout.metrics,
      primary,
      baseline: holdout.baseline,
      champion: holdout.champion,
      gates: verdict.results,
      forecast: holdout.forecast,
    },
  };
}

function caseOf({ set, held }: PreparedForecast, index: number, said: Projection): ForecastCase {
  const whole = set.series[index]!;
  const known = held.training.series[index]!.values;
  const season = set.seasons[0] ?? 1;
  return {
    truth: truthOf(whole, known.length, whole.values.length),
    forecast: said.values,
    reference: naiveTwo(known, season, set.horizon),
    scale: scaleOf(known, season),
    intervals: said.intervals,
  };
}

function seasonalNaive(values: Float64Array, season: number, steps: number): Float64Array {
  const cycle = values.length >= season ? season : 1;
  return Float64Array.from({ length: steps }, (_, k) => values[values.length - cycle + (k % cycle)]!);
}

/** Mean scaled errors over the backtests, on which the weights were chosen. */
function backtestsOf({ leaderboard }: TrainedForecast): JudgedForecast['backtests'] {
  const errorOf = (member: string) => leaderboard.find((one) => one.member === member)?.mase ?? Number.NaN;
  return { model: errorOf('ensemble'), seasonalNaive: errorOf('seasonal-naive') };
}

type Champion = { model: ForecastModel; byKey: Map<string, SeriesModel> };

/** The champion; null where there is none, it is no forecast, or its steps are others. */
async function championOf(
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
  return { model, byKey: new Map(model.series.map((one) => [JSON.stringify(one.key), one])) };
}

/**
 * What the champion would have said of the steps held out: as it was fitted, moved on by what was known before them. Null
 * where it does not know the series, was fitted on some of those steps, or does not reach as far.
 */
function championAhead(
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

function exampleOf({ set, held }: PreparedForecast, index: number): JudgedSeries['example'] {
  const { key, start, values } = held.training.series[index]!;
  const from = Math.max(0, values.length - HISTORY_SHOWN);
  const isNumber = set.frequency.kind === 'fixed' && set.frequency.unit === 'number';
  const times = Array.from({ length: values.length - from + set.horizon }, (_, i) => {
    const time = timeOf(set.frequency, start + from + i);
    return isNumber ? time : new Date(time).toISOString();
  });
  return { series: key.join(', '), times, history: Array.from(values.slice(from)) };
}
