import {
  type ForecastCase,
  type ForecastModel,
  type NaiveBaseline,
  naiveBaseline,
  naiveTwo,
  type Projection,
  projectSeries,
  scaleOf,
  seasonalNaive,
  type TrainedForecast,
  truthOf,
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
import { gatesOf } from '../../validation/gates-of.ts';
import type { Told } from '../story.ts';
import { type Champion, championAhead, championOf, keptChampion } from './champion-forecast.ts';
import { leadingUp } from './leading-up.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

export type JudgedForecast = {
  /** What is to answer: the forecast just fitted, or the champion's where that is better on the same steps. */
  model: ForecastModel;
  label: string;
  report: ValidationReport;
  /** What was said of the steps held out. */
  heldOut: Float64Array;
  backtests: { model: number; baseline: number };
};

/**
 * Measures the forecast on the steps held out, beside the best naive forecast and the champion on the same steps. Where the
 * champion is the better one, its models are kept and go on from the end of the new data: time has passed in any case.
 */
export async function judgeForecast(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  input: CandidateInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<Told<JudgedForecast>> {
  const { set, held } = prepared;
  const said = projectSeries(trained.model, trained.model.series, set.horizon);
  const champion = await championOf(input, set.frequency, ports);
  const ahead = set.series.map((_, index) => champion && championAhead(champion, prepared, index));
  const baseline = naiveBaseline(held.training);
  const backtests = { model: errorOfEnsemble(trained), baseline: baseline.mase };
  const report = reportOn(prepared, said, { ahead, champion, input, baseline });
  const verdict = decideGates({ report, backtests }, FORECAST_GATES);
  const isBeaten = verdict.results.some(({ id, passed }) => id === 'champion' && !passed);
  const kept = isBeaten && champion !== null ? keptChampion(champion, prepared, ahead) : null;
  if (kept === null) {
    const heldOut = heldOutBy(said, held);
    const { says } = decideGates({ report, backtests }, gatesOf(input, FORECAST_GATES));
    return told({ model: trained.model, label: trained.label, report, heldOut, backtests }, input, says);
  }
  const again = reportOn(prepared, kept.said, { ahead, champion, input, baseline });
  const value = {
    model: kept.model,
    label: kept.label,
    report: again,
    heldOut: heldOutBy(kept.said, held),
    backtests,
  };
  const { mase } = report.datasets[0]!.metrics;
  return told(
    value,
    input,
    `What was fitted anew came to mase ${mase?.toFixed(4)}, so the models of version ${input.champion!.version} are kept and go on from the end of the new data.`,
  );
}

function told(value: JudgedForecast, input: CandidateInput, says: string): Told<JudgedForecast> {
  const holdout = value.report.datasets[0]!;
  const { primary } = holdout;
  const { report, backtests } = value;
  const verdict = decideGates({ report, backtests }, gatesOf(input, FORECAST_GATES));
  return {
    value,
    says: `mase ${primary.value.toFixed(4)} (95 % interval ${primary.low.toFixed(4)} to ${primary.high.toFixed(4)}) on ${holdout.rows.toLocaleString('en')} steps never trained on. ${says}`,
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

type Against = {
  ahead: readonly (Projection | null)[];
  champion: Champion | null;
  input: CandidateInput;
  baseline: NaiveBaseline;
};

function reportOn(
  prepared: PreparedForecast,
  said: readonly Projection[],
  { ahead, champion, input, baseline }: Against,
): ValidationReport {
  const { set, held } = prepared;
  const series = held.left.flatMap((left, index): JudgedSeries[] => {
    if (left === 0) return [];
    const candidate = caseOf(prepared, index, said[index]!);
    const former = ahead[index] ?? null;
    return [
      {
        candidate,
        baseline: seasonalNaive(held.training.series[index]!.values, baseline.lag, set.horizon),
        champion:
          former === null ? null : { ...candidate, forecast: former.values, intervals: former.intervals },
        example: exampleOf(prepared, index),
      },
    ];
  });
  return validateForecast({
    horizon: set.horizon,
    baselineSays: baselineText(baseline),
    champion: champion === null ? null : { name: input.modelName, version: input.champion!.version },
    series,
    seed: input.seed,
  });
}

function heldOutBy(said: readonly Projection[], { left }: PreparedForecast['held']): Float64Array {
  return Float64Array.from(said.flatMap(({ values }, index) => (left[index] === 0 ? [] : [...values])));
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

function baselineText({ lag, label }: NaiveBaseline): string {
  return lag === 1 ? `${label}: always the last value` : `${label}: the value of ${lag} steps before`;
}

/** The mean scaled error over the backtests, on which the weights were chosen. */
function errorOfEnsemble({ leaderboard }: TrainedForecast): number {
  return leaderboard.find(({ member }) => member === 'ensemble')?.mase ?? Number.NaN;
}

function exampleOf({ set, held }: PreparedForecast, index: number): JudgedSeries['example'] {
  const series = held.training.series[index]!;
  return { series: series.key.join(', '), ...leadingUp(set, series) };
}
