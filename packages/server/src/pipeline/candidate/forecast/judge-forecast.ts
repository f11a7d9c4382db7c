import {
  type ForecastCase,
  type ForecastModel,
  isAlike,
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
import { type Champion, championAhead, fitChampion } from './champion-forecast.ts';
import { leadingUp } from './leading-up.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

export type JudgedForecast = {
  /** What is to answer, as it was measured: the forecast just fitted, or the champion's fitted on the same values. */
  model: ForecastModel;
  label: string;
  report: ValidationReport;
  /** What was said of the steps held out. */
  heldOut: Float64Array;
  backtests: { model: number; baseline: number };
  /** The champion, where its models are kept; null where those just fitted answer. */
  kept: Champion | null;
  /** Why gates are closed for what was fitted anew, where the champion goes on from the new values in its place. */
  rolled: { version: number; says: string } | null;
};

type Judging = Pick<JobPorts, 'clock'> & { signal: AbortSignal };

/**
 * Measures the forecast on the steps held out, beside the best naive forecast and, where its steps are alike, the champion
 * on the same steps. Where the
 * champion is the better one its models are kept, and where gates are closed for the new ones too: they are fitted on the
 * new values and go on from their end, since time has passed in any case.
 */
export function judgeForecast(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  input: CandidateInput,
  answering: Champion | null,
  ports: Judging,
): Told<JudgedForecast> {
  const { set, held } = prepared;
  const said = projectSeries(trained.model, trained.model.series, set.horizon);
  const champion = answering !== null && isAlike(answering.model.frequency, set.frequency) ? answering : null;
  const fitted = champion && fitChampion(champion, held.training, input, ports).model;
  const ahead =
    champion === null || fitted === null
      ? set.series.map(() => null)
      : championAhead(champion, fitted, prepared);
  const baseline = naiveBaseline(held.training);
  const backtests = { model: errorOfEnsemble(trained), baseline: baseline.mase };
  const against = { ahead, champion, input, baseline };
  const report = reportOn(prepared, said, against);
  const gates = gatesOf(input, FORECAST_GATES);
  const verdict = decideGates({ report, backtests }, gates);
  const canGoOn = champion !== null && fitted !== null && champion.model.horizon === set.horizon;
  if (verdict.passed || !canGoOn) {
    const heldOut = heldOutBy(said, held);
    const { model, label } = trained;
    const value = { model, label, report, heldOut, backtests, kept: null, rolled: null };
    return told(value, input, verdict.says);
  }
  const saidByChampion = projectSeries(fitted, fitted.series, set.horizon);
  const again = reportOn(prepared, saidByChampion, against);
  const isRefused = !decideGates({ report: again, backtests }, gates).passed;
  const mase = report.datasets[0]!.metrics.mase?.toFixed(4);
  const value: JudgedForecast = {
    model: fitted,
    label: champion.label,
    report: again,
    heldOut: heldOutBy(saidByChampion, held),
    backtests,
    kept: champion,
    rolled: isRefused ? { version: champion.version, says: verdict.says } : null,
  };
  return told(
    value,
    input,
    isRefused
      ? `What was fitted anew is refused: ${verdict.says} The models of version ${champion.version} answer as before, fitted on the new values and from their end on.`
      : `What was fitted anew came to mase ${mase}, so the models of version ${champion.version} are kept, fitted on the new values.`,
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
